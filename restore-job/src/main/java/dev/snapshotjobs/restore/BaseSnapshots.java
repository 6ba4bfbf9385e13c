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
  private static final String RETAIN = "Retain";

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

  /// Refuses what has a name that the restore needs to make the snapshot's objects from the
  /// catalogue.
  void refuseForeign(Restore restore) {
    snapshots.find(restore.id()).ifPresent(found -> requireOwn(restore, found));
    if (find(restore.base()).isEmpty()) {
      content(contentName(restore)).ifPresent(found -> requireOwn(restore, found));
    }
  }

  private static void requireOwn(Restore restore, VolumeSnapshot found) {
    if (!restore.owns(found.labels(), found.annotations())) {
      throw Refusals.foreign("VolumeSnapshot", found.name());
    }
  }

  /// What somebody else has made may be of other data, and may take them along when it goes.
  private void requireOwn(Restore restore, GenericKubernetesResource content) {
    VolumeSnapshotContent found =
        snapshots.findContent(content.getMetadata().getName()).orElseThrow();
    if (!Preparation.isOwn(restore, content)
        || !restore.base().content().handle().equals(handle(content))
        || !found.snapshotNamespace().equals(namespace)
        || !found.snapshotName().equals(restore.id())) {
      throw Refusals.foreign("VolumeSnapshotContent", found.name());
    }
  }

  /// What was made from the catalogue for a restore and stays, and how it goes without the
  /// storage's snapshot; empty if nothing was.
  Optional<String> leftovers(Restore restore) {
    String content = contentName(restore);
    return find(restore.base()).isPresent() || snapshots.find(restore.id()).isEmpty()
        ? Optional.empty()
        : snapshots
            .findContent(content)
            .filter(found -> found.deletionPolicy().equals(RETAIN))
            .map(
                _ ->
                    ("VolumeSnapshot %1$s/%2$s and VolumeSnapshotContent %3$s were made from the catalogue"
                            + " and stay. When nobody needs them any more: kubectl delete -n %1$s"
                            + " volumesnapshot %2$s, then kubectl delete volumesnapshotcontent %3$s."
                            + " The storage keeps its snapshot (deletionPolicy: Retain)")
                        .formatted(namespace, restore.id(), content));
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

  private String register(Restore restore) {
    String name = contentName(restore);
    if (content(name).isEmpty()) {
      create(draftOfContent(restore, name), "VolumeSnapshotContent");
    }
    requireOwn(restore, content(name).orElseThrow());
    if (snapshots.find(restore.id()).isEmpty()) {
      create(draftOfSnapshot(restore, name), "VolumeSnapshot");
      LOG.atInfo()
          .addKeyValue("object.name", restore.id())
          .addKeyValue("handle", restore.base().content().handle())
          .log("snapshot registered from the catalogue");
    }
    requireOwn(restore, snapshots.find(restore.id()).orElseThrow());
    return restore.id();
  }

  /// A content is of the whole cluster, so the namespace is in its name.
  private String contentName(Restore restore) {
    return namespace + "." + restore.id();
  }

  private Optional<GenericKubernetesResource> content(String name) {
    return cluster.ask(
        "reading VolumeSnapshotContent " + name,
        client ->
            Optional.ofNullable(
                client
                    .genericKubernetesResources(API_VERSION, "VolumeSnapshotContent")
                    .withName(name)
                    .get()));
  }

  private static String handle(GenericKubernetesResource content) {
    return String.valueOf(content.<Object>get("spec", "source", "snapshotHandle"));
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

  private GenericKubernetesResource draftOfContent(Restore restore, String name) {
    GenericKubernetesResource content = object("VolumeSnapshotContent", name, restore);
    content.setAdditionalProperty(
        "spec",
        Map.of(
            // Whoever deletes the object has not meant the data.
            "deletionPolicy",
            RETAIN,
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

  private GenericKubernetesResource draftOfSnapshot(Restore restore, String content) {
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
