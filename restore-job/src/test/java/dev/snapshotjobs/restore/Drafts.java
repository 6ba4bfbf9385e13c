package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.config.ByteSize;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What restores are made of, for tests of what is decided without a cluster.
final class Drafts {
  static final RestoreSettings SETTINGS =
      new RestoreSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          new RestoreSettings.Sizes(ByteSize.parse("2Gi"), ByteSize.parse("5Gi")),
          new RestoreSettings.Limits(3, Duration.ofMinutes(30), Duration.ofHours(5)),
          false,
          false);

  private Drafts() {}

  static CatalogueEntry entry(Map<String, String> annotations) {
    return entry("shop", annotations);
  }

  static CatalogueEntry entry(String instance, Map<String, String> annotations) {
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    return new CatalogueEntry(
        instance,
        new CatalogueEntry.Snapshot(
            "shop", "shop-1", "uid-of-shop-1", "csi", now, Optional.of(3L << 30)),
        new CatalogueEntry.Content("content", "driver", "handle"),
        new CatalogueEntry.Claim("data-mariadb-0", "standard", 2L << 30),
        Map.of(SnapshotKeys.INSTANCE, instance, SnapshotKeys.STATE, "consistent"),
        annotations,
        now);
  }

  static Restore clone(CatalogueEntry entry) {
    return new Restore("shop-clone-1", entry, new Restore.Purpose.Clone());
  }

  static Pod ownPod(Container container) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("own")
        .endMetadata()
        .withNewSpec()
        .withContainers(container)
        .endSpec()
        .build();
  }

  static Job job(CatalogueEntry entry) {
    OwnPod own =
        OwnPod.of(
            ownPod(
                new ContainerBuilder().withName("restore-job").withImage("restore-job:1").build()));
    return new RestoreJobDraft(clone(entry), own, "mariadb:11.8", List.of(), SETTINGS)
        .job("shop", "uid-of-claim");
  }
}
