package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.config.ByteSize;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The claim that a snapshot becomes. Pure.
///
/// @param storageClass null: the cluster's default one
/// @param startedBy the uid of the Job that asks for it; null if none does
record ClaimDraft(
    Restore restore, String namespace, @Nullable String storageClass, @Nullable String startedBy) {

  /// The class that was asked for, else the source's.
  static Optional<String> storageClass(Restore restore, Optional<String> asked) {
    return asked.or(
        () -> Optional.of(restore.base().claim().storageClass()).filter(name -> !name.isEmpty()));
  }

  /// @param snapshot the VolumeSnapshot in the claim's namespace
  /// @param attempt which copy it is, from 1
  PersistentVolumeClaim claim(String snapshot, int attempt) {
    Map<String, String> labels = new TreeMap<>(restore.labels());
    labels.put(RestoreKeys.RESTORED, RestoreKeys.QUARANTINED);
    Map<String, String> annotations = restore.annotations();
    annotations.put(RestoreKeys.ATTEMPT, Integer.toString(attempt));
    if (startedBy != null) {
      annotations.put(RestoreKeys.STARTED_BY, startedBy);
    }
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(restore.id())
        .withLabels(labels)
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withStorageClassName(storageClass)
        .withAccessModes("ReadWriteOnce")
        .withVolumeMode("Filesystem")
        .withNewDataSource(VolumeSnapshots.GROUP, "VolumeSnapshot", snapshot)
        .withNewResources()
        .addToRequests("storage", new Quantity(size(restore.base()).toString()))
        .endResources()
        .endSpec()
        .build();
  }

  /// A volume is never smaller than what it is made from, and a driver may ask for more.
  private static ByteSize size(CatalogueEntry base) {
    return new ByteSize(
        Math.max(base.claim().capacity(), base.snapshot().restoreSize().orElse(0L)));
  }
}
