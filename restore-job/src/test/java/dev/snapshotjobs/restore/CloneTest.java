package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.restore.ArchivedShop.Ended;
import dev.snapshotjobs.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A snapshot becomes a volume, and a server is started on it.
class CloneTest {
  private static final String CONTENTS = "VolumeSnapshotContent";

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static RestorableShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static CatalogueEntry monday;

  @BeforeAll
  static void prepare() throws Exception {
    shop = new RestorableShop();
    shop.run("INSERT INTO shop.orders VALUES (1)");
    monday = shop.snapshot("shop-monday");
    shop.run("INSERT INTO shop.orders VALUES (2)");
  }

  @BeforeEach
  void script() throws Exception {
    shop.script("ok", "ok");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  private static Resource<GenericKubernetesResource> content(String name) {
    return shop.sandbox
        .client()
        .genericKubernetesResources("snapshot.storage.k8s.io/v1", CONTENTS)
        .withName(name);
  }

  @Test
  void makesAVolumeOfASnapshot() throws Exception {
    Ended ended = shop.restoreJob("clone", "--snapshot", "shop-monday");

    String id = CloneJob.id(monday);
    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.message()).contains("snapshot shop-monday is restored in").contains(id);
    assertThat(shop.labels(id)).containsEntry(RestoreKeys.RESTORED, RestoreKeys.READY);
    assertThat(shop.annotations(id)).doesNotContainKey(RestoreKeys.PLAN);
    assertThat(shop.starts("inspect").getFirst()).startsWith("inspect --clone-of shop-monday");
    assertThat(shop.objects("shop/restores/")).isEmpty();
  }

  @Test
  void showsWhatItWouldDo() {
    int before = shop.writes().size();

    Ended ended =
        shop.restoreJob("clone", "--snapshot", "shop-monday", "--dry-run", "--output", "json");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.json().at("/snapshot/standing").asString()).isEqualTo("ready");
    assertThat(ended.json().path("id").asString()).isEqualTo(CloneJob.id(monday));
    assertThat(shop.writes()).hasSize(before);
  }

  /// The storage has the snapshot still, as with a class that retains them.
  @Test
  void doesWithoutTheObjectsOfASnapshotThatTheStorageHas() throws Exception {
    CatalogueEntry lost = shop.snapshot("shop-lost");
    content(lost.content().name())
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"deletionPolicy\":\"Retain\"}}");
    shop.snapshots().withName("shop-lost").delete();
    Sandbox.awaitGone(shop.snapshots().withName("shop-lost"), Duration.ofSeconds(30));

    Ended ended = shop.restoreJob("clone", "--snapshot", "shop-lost", "--restore-id", "found");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("is not in the cluster any more");
    GenericKubernetesResource content = content("shop.found").get();
    assertThat(content.<String>get("spec", "deletionPolicy")).isEqualTo("Retain");
    assertThat(content.<String>get("spec", "source", "snapshotHandle"))
        .isEqualTo(lost.content().handle());
    assertThat(content.getMetadata().getLabels()).containsEntry(RestoreKeys.RESTORE, "found");
    assertThat(shop.snapshots().withName("found").get().getMetadata().getLabels())
        .containsEntry(RestoreKeys.RESTORE, "found")
        .containsEntry("mariadb-snapshot-jobs/instance", "shop");
    assertThat(shop.labels("found")).containsEntry(RestoreKeys.RESTORED, RestoreKeys.READY);
    assertThat(ended.outcome().path("warnings").toString())
        .contains("kubectl delete -n shop volumesnapshot found")
        .contains("kubectl delete volumesnapshotcontent shop.found")
        .contains("Retain");
  }

  /// There is another one of its name by now, which has other data.
  @Test
  void saysWhenTheStorageDoesNotHaveItEither() throws Exception {
    shop.snapshot("shop-gone");
    shop.snapshots().withName("shop-gone").delete();
    Sandbox.awaitGone(shop.snapshots().withName("shop-gone"), Duration.ofSeconds(30));

    Ended ended =
        shop.restoreJob(
            "clone", "--snapshot", "shop-gone", "--restore-id", "gone", "--start-timeout", "2s");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("snapshot-not-ready");
    assertThat(shop.claim("gone")).isNull();
  }

  /// No volume comes in that class; the next run names another one.
  @Test
  void takesAnotherClassThanAnEarlierRunHasWaitedForInVain() {
    Restore restore = new Restore("placed", monday, new Restore.Purpose.Clone());
    PersistentVolumeClaim waiting =
        new ClaimDraft(restore, RestorableShop.NAMESPACE, "slow", null).claim("shop-monday", 1);
    waiting.getSpec().setVolumeName("that-never-comes");
    shop.sandbox.client().resource(waiting).create();

    Ended ended =
        shop.restoreJob(
            "clone",
            "--snapshot",
            "shop-monday",
            "--restore-id",
            "placed",
            "--storage-class",
            "sandbox");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.uidsOf("placed")).hasSize(2);
    assertThat(shop.labels("placed")).containsEntry(RestoreKeys.RESTORED, RestoreKeys.READY);
  }

  @Test
  void startsAServerThatNoServiceOfTheSourceSelects() throws Exception {
    String[] command = {
      "clone", "--snapshot", "shop-monday", "--restore-id", "served", "--stateful-set"
    };
    Ended ended = shop.restoreJob(command);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.message()).contains("served by StatefulSet mariadb-restored");
    StatefulSet set =
        shop.sandbox
            .client()
            .apps()
            .statefulSets()
            .inNamespace("shop")
            .withName("mariadb-restored")
            .get();
    assertThat(set.getSpec().getVolumeClaimTemplates()).isEmpty();
    assertThat(set.getSpec().getReplicas()).isEqualTo(1);
    assertThat(set.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage())
        .isEqualTo("mariadb:11.4");
    Pod pod = shop.sandbox.client().pods().inNamespace("shop").withName("mariadb-restored-0").get();
    assertThat(pod.getMetadata().getLabels())
        .containsEntry(RestoreKeys.RESTORE, "served")
        .doesNotContainKey("app");
    Service service =
        shop.sandbox.client().services().inNamespace("shop").withName("mariadb-restored").get();
    assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
    assertThat(pod.getMetadata().getLabels()).containsAllEntriesOf(service.getSpec().getSelector());
    var server = shop.sandbox.awaitPod("shop", "mariadb-restored-0", "served").server();
    try (var connection = server.connect("shop");
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT COUNT(*) FROM orders")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(1);
    }

    int before = shop.writes().size();
    Ended again = shop.restoreJob(command);

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(again.outcome().path("verdict").asString()).isEqualTo("nothing-to-do");
    assertThat(shop.writes()).hasSize(before);
  }

  @Test
  void refusesAServerThatAServiceWouldSelect() throws Exception {
    Service wide =
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("wide")
            .endMetadata()
            .withNewSpec()
            .withSelector(Map.of("app.kubernetes.io/name", "mariadb-restored"))
            .endSpec()
            .build();
    shop.sandbox.client().resource(wide).create();
    try {
      int before = shop.writes().size();
      Ended ended =
          shop.restoreJob(
              List.of(
                      "clone",
                      "--snapshot",
                      "shop-monday",
                      "--restore-id",
                      "selected",
                      "--stateful-set")
                  .toArray(String[]::new));

      assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
      assertThat(ended.message()).contains("Service wide selects");
      assertThat(shop.writes()).hasSize(before);
    } finally {
      shop.sandbox.client().resource(wide).delete();
    }
  }
}
