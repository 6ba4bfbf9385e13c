package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// Snapshots of a shop's database as snapshot-job makes them.
record ShopSnapshots(RestorableShop shop) {
  /// At the beginning of a new log.
  ///
  /// @param other annotations that are to be other than they would be; empty: without them
  CatalogueEntry cut(String name, Map<String, String> other) throws Exception {
    shop.run("FLUSH BINARY LOGS");
    Instant now = Instant.now();
    Map<String, String> labels =
        Map.of(SnapshotKeys.INSTANCE, "shop", SnapshotKeys.STATE, "consistent");
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(SnapshotKeys.GTID_BINLOG_POS, shop.ask("SELECT @@gtid_binlog_pos"));
    annotations.put(SnapshotKeys.GTID_BINLOG_STATE, shop.ask("SELECT @@gtid_binlog_state"));
    annotations.put(SnapshotKeys.BINLOG_FILE, shop.ask("SHOW MASTER STATUS"));
    annotations.put(SnapshotKeys.BINLOG_OFFSET, shop.ask("SHOW MASTER STATUS", 2));
    annotations.put(SnapshotKeys.CUT_SEEN_AT, now.toString());
    annotations.put(SnapshotKeys.SERVER_IMAGE, "mariadb@sha256:" + "ab".repeat(32));
    annotations.put(
        SnapshotKeys.SERVER_SETTINGS,
        JsonMapper.shared()
            .writeValueAsString(
                Map.of(
                    "datadir", shop.ask("SELECT @@datadir"),
                    "log_bin_basename", shop.ask("SELECT @@log_bin_basename"))));
    try (Cluster cluster = Cluster.connect(Optional.of(shop.sandbox.kubeconfig().toString()))) {
      annotations.put(
          SnapshotKeys.SOURCE_POD,
          cluster.workloads(RestorableShop.NAMESPACE).pods().stream()
              .filter(found -> found.name().equals(shop.pod.name()))
              .findFirst()
              .orElseThrow()
              .placement());
    }
    annotations.putAll(other);
    annotations.values().removeIf(String::isEmpty);
    shop.sandbox.client().resource(volumeSnapshot(name, labels)).create();
    GenericKubernetesResource snapshot =
        shop.snapshots()
            .withName(name)
            .waitUntilCondition(
                found -> Boolean.TRUE.equals(found.<Object>get("status", "readyToUse")),
                30,
                TimeUnit.SECONDS);
    String contentName =
        String.valueOf(snapshot.<Object>get("status", "boundVolumeSnapshotContentName"));
    GenericKubernetesResource content =
        shop.sandbox
            .client()
            .genericKubernetesResources("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent")
            .withName(contentName)
            .get();
    return new CatalogueEntry(
        "shop",
        new CatalogueEntry.Snapshot(
            RestorableShop.NAMESPACE,
            name,
            snapshot.getMetadata().getUid(),
            "sandbox",
            now,
            Optional.empty()),
        new CatalogueEntry.Content(
            contentName,
            String.valueOf(content.<Object>get("spec", "driver")),
            String.valueOf(content.<Object>get("status", "snapshotHandle"))),
        new CatalogueEntry.Claim("data-mariadb-0", "sandbox", 1 << 30),
        labels,
        annotations,
        now);
  }

  private static GenericKubernetesResource volumeSnapshot(String name, Map<String, String> labels) {
    GenericKubernetesResource snapshot = new GenericKubernetesResource();
    snapshot.setApiVersion("snapshot.storage.k8s.io/v1");
    snapshot.setKind("VolumeSnapshot");
    snapshot.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(RestorableShop.NAMESPACE)
            .withName(name)
            .withLabels(labels)
            .build());
    snapshot.setAdditionalProperty(
        "spec",
        Map.of(
            "volumeSnapshotClassName",
            "sandbox",
            "source",
            Map.of("persistentVolumeClaimName", "data-mariadb-0")));
    return snapshot;
  }
}
