package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the VolumeSnapshot that a restore begins with, or makes one from what the catalogue says
/// of it, where the cluster has lost it or never had it.
final class BaseSnapshots {
  private static final Logger LOG = LoggerFactory.getLogger(BaseSnapshots.class);
  private static final String API_VERSION = VolumeSnapshots.GROUP + "/v1";

  private final Cluster cluster;
  private final VolumeSnapshots snapshots;
  private final String namespace;
  private final Patience patience;

  BaseSnapshots(Cluster cluster, String namespace, Patience patience) {
    this.cluster = cluster;
    this.snapshots = cluster.volumeSnapshots(namespace);
    this.namespace = namespace;
    this.patience = patience;
  }

  /// The snapshot's own object; empty if this namespace has none, or another one of its name.
  Optional<VolumeSnapshot> find(CatalogueEntry entry) {
    return entry.snapshot().namespace().equals(namespace)
        ? snapshots
            .find(entry.snapshot().name())
            .filter(found -> found.uid().equals(entry.snapshot().uid()))
            .filter(found -> !found.beingDeleted())
        : Optional.empty();
  }

  /// An object that the restore would make from the catalogue, and that somebody else has made.
  Optional<VolumeSnapshot> foreign(Restore restore) {
    return snapshots
        .find(restore.id())
        .filter(found -> !restore.owns(found.labels(), found.annotations()));
  }

  /// The name of a VolumeSnapshot of this namespace from which a volume can be made now.
  String ready(Restore restore, Duration atMost) throws InterruptedException {
    String name = find(restore.base()).map(VolumeSnapshot::name).orElseGet(() -> register(restore));
    return patience
        .until(atMost, () -> snapshots.find(name).filter(this::isReady))
        .map(VolumeSnapshot::name)
        .orElseThrow(() -> notReady(name, atMost));
  }

  /// Bound both ways: a content that belongs to another one has other data.
  private boolean isReady(VolumeSnapshot snapshot) {
    return snapshot.status().readyToUse()
        && snapshots.findContentOf(snapshot).filter(one -> one.isBoundTo(snapshot)).isPresent();
  }

  private JobException notReady(String name, Duration atMost) {
    String why =
        snapshots
            .find(name)
            .map(found -> found.status().error())
            .map(error -> "the storage says: " + error)
            .orElse("nobody says why");
    return JobException.failed(
        RestoreReason.SNAPSHOT_NOT_READY,
        "VolumeSnapshot %s was not ready within %s; %s"
            .formatted(name, DurationConverter.format(atMost), why),
        "run again when it is ready; a snapshot that the storage does not have any more is no base:"
            + " --check-snapshots leaves those out that are not in the cluster");
  }

  /// A content is of the whole cluster, so the namespace is in its name.
  private String register(Restore restore) {
    String content = namespace + "." + restore.id();
    if (snapshots.findContent(content).isEmpty()) {
      create(content(restore, content), "VolumeSnapshotContent");
    }
    VolumeSnapshotContent found = snapshots.findContent(content).orElseThrow();
    if (!restore.base().content().handle().equals(handle(content))
        || !found.snapshotNamespace().equals(namespace)
        || !found.snapshotName().equals(restore.id())) {
      throw Refusals.foreign("VolumeSnapshotContent", content);
    }
    if (snapshots.find(restore.id()).isEmpty()) {
      create(snapshot(restore, content), "VolumeSnapshot");
      LOG.atInfo()
          .addKeyValue("object.name", restore.id())
          .addKeyValue("handle", restore.base().content().handle())
          .log("snapshot registered from the catalogue");
    }
    return restore.id();
  }

  private String handle(String content) {
    return cluster.ask(
        "reading VolumeSnapshotContent " + content,
        client ->
            Optional.ofNullable(
                    client
                        .genericKubernetesResources(API_VERSION, "VolumeSnapshotContent")
                        .withName(content)
                        .get())
                .map(one -> String.valueOf(one.<Object>get("spec", "source", "snapshotHandle")))
                .orElse(""));
  }

  private void create(GenericKubernetesResource object, String kind) {
    try {
      cluster.ask(
          "creating " + kind + " " + object.getMetadata().getName(),
          client -> client.resource(object).create());
    } catch (KubernetesFailure failure) {
      if (!failure.isConflict()) { // it is there already: an answer may have been lost
        throw failure;
      }
    }
  }

  private GenericKubernetesResource content(Restore restore, String name) {
    GenericKubernetesResource content = object("VolumeSnapshotContent", name, restore);
    content.setAdditionalProperty(
        "spec",
        Map.of(
            // Whoever deletes the object has not meant the data.
            "deletionPolicy",
            "Retain",
            "driver",
            restore.base().content().driver(),
            "source",
            Map.of("snapshotHandle", restore.base().content().handle()),
            "sourceVolumeMode",
            "Filesystem",
            "volumeSnapshotRef",
            Map.of(
                "apiVersion",
                API_VERSION,
                "kind",
                "VolumeSnapshot",
                "namespace",
                namespace,
                "name",
                restore.id())));
    return content;
  }

  private GenericKubernetesResource snapshot(Restore restore, String content) {
    GenericKubernetesResource snapshot = object("VolumeSnapshot", restore.id(), restore);
    snapshot.getMetadata().setNamespace(namespace);
    snapshot.setAdditionalProperty(
        "spec", Map.of("source", Map.of("volumeSnapshotContentName", content)));
    return snapshot;
  }

  private static GenericKubernetesResource object(String kind, String name, Restore restore) {
    GenericKubernetesResource object = new GenericKubernetesResource();
    object.setApiVersion(API_VERSION);
    object.setKind(kind);
    object.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withLabels(restore.labels())
            .withAnnotations(restore.annotations())
            .build());
    return object;
  }
}
