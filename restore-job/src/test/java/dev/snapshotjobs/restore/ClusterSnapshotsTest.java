package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.restore.ClusterSnapshots.Standing;
import dev.snapshotjobs.sandbox.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSnapshotsTest {
  private static final Map<String, String> CONSISTENT =
      Map.of(SnapshotKeys.INSTANCE, "shop", SnapshotKeys.STATE, "consistent");

  @TempDir private Path directory;

  private static CatalogueEntry entry(String namespace, String uid) {
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    return new CatalogueEntry(
        "shop",
        new CatalogueEntry.Snapshot(namespace, "shop-1", uid, "csi", now, Optional.empty()),
        new CatalogueEntry.Content("content", "driver", "handle"),
        new CatalogueEntry.Claim("data", "standard", 1),
        CONSISTENT,
        Map.of(),
        now);
  }

  private static VolumeSnapshot snapshot(String uid, boolean ready, boolean beingDeleted) {
    return new VolumeSnapshot(
        "shop",
        "shop-1",
        uid,
        "1",
        CONSISTENT,
        Map.of(),
        beingDeleted,
        new VolumeSnapshot.Source("data"),
        new VolumeSnapshot.Status("content", Instant.EPOCH, ready, null));
  }

  @Test
  void sayWhatHasBecomeOfAnEntry() {
    ClusterSnapshots cluster =
        new ClusterSnapshots(
            Map.of(
                "shop",
                List.of(
                    snapshot("ready", true, false),
                    snapshot("uploading", false, false),
                    snapshot("leaving", true, true))));

    assertThat(cluster.of(entry("shop", "ready"))).isEqualTo(Standing.READY);
    assertThat(cluster.of(entry("shop", "uploading"))).isEqualTo(Standing.NOT_READY);
    assertThat(cluster.of(entry("shop", "leaving"))).isEqualTo(Standing.GONE);
    assertThat(cluster.of(entry("shop", "of the same name"))).isEqualTo(Standing.GONE);
    assertThat(cluster.of(entry("elsewhere", "ready"))).isEqualTo(Standing.UNKNOWN);
    assertThat(ClusterSnapshots.NOT_ASKED.of(entry("shop", "ready"))).isEqualTo(Standing.UNKNOWN);
    assertThat(cluster.withoutEntry("shop", List.of(entry("shop", "ready"))))
        .extracting(VolumeSnapshot::uid)
        .containsExactly("uploading", "leaving");
    assertThat(cluster.withoutEntry("other", List.of())).isEmpty();
  }

  /// The catalogue has both snapshots, and the cluster has none.
  @Test
  void keepAPlanFromABaseThatIsGone() throws Exception {
    try (ArchivedShop shop = new ArchivedShop("--binlog-format=ROW");
        Sandbox sandbox = Sandbox.start()) {
      sandbox.createNamespace("shop");
      shop.server.run("CREATE DATABASE shop");
      shop.snapshot("shop-monday");
      shop.server.run("CREATE TABLE shop.orders (id INT)");
      assertThat(shop.archive().exit()).isZero();

      ArchivedShop.Ended unasked = shop.restoreJob("plan", "--to-latest");
      ArchivedShop.Ended asked =
          shop.restoreJob(
              Map.of("KUBECONFIG", sandbox.kubeconfig().toString()),
              List.of("plan", "--to-latest", "--check-snapshots"));
      ArchivedShop.Ended unanswered =
          shop.restoreJob(
              Map.of("KUBECONFIG", deaf(sandbox.kubeconfig()).toString()),
              List.of("plan", "--to-latest", "--check-snapshots"));

      assertThat(unasked.exit()).as(unasked.err()).isZero();
      assertThat(unasked.out()).contains("the cluster was not asked");
      assertThat(asked.exit()).as(asked.err()).isEqualTo(3);
      assertThat(asked.message())
          .contains("shop-monday is no base: its VolumeSnapshot is not in the cluster any more");
      assertThat(unanswered.exit()).as(unanswered.err()).isZero();
      assertThat(unanswered.outcome().path("warnings").toString())
          .contains("are still there is not known");
    }
  }

  /// Nobody listens at the discard port.
  private Path deaf(Path kubeconfig) throws Exception {
    String text =
        Files.readString(kubeconfig).replaceAll("server: .*", "server: https://127.0.0.1:9");
    return Files.writeString(directory.resolve("kubeconfig"), text);
  }
}
