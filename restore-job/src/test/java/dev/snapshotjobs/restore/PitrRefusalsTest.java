package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.restore.ArchivedShop.Ended;
import dev.snapshotjobs.sandbox.FaultRule;
import dev.snapshotjobs.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a restore does not even begin with, and leaves no trace of.
class PitrRefusalsTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static RestorableShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static CatalogueEntry monday;

  @BeforeAll
  static void prepare() throws Exception {
    shop = new RestorableShop();
    monday = shop.snapshot("shop-monday");
    shop.snapshot("shop-imageless", Map.of(SnapshotKeys.SERVER_IMAGE, "sha256:" + "cd".repeat(32)));
    shop.script("ok", "ok");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  private static Ended refusedClone(String... more) {
    return refused("shop-monday", more);
  }

  private static Ended refused(String snapshot, String... more) {
    List<String> command = new ArrayList<>(List.of("clone", "--snapshot", snapshot));
    command.addAll(List.of(more));
    int before = shop.writes().size();
    Ended ended = shop.restoreJob(command.toArray(String[]::new));
    assertThat(shop.writes()).as(ended.err()).hasSize(before);
    return ended;
  }

  @Test
  void aStorageClassThatIsNotThere() {
    Ended ended = refusedClone("--storage-class", "fast");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.message()).contains("there is no StorageClass fast");
  }

  @Test
  void aStorageClassOfAnotherDriver() {
    shop.sandbox
        .client()
        .resource(
            new StorageClassBuilder()
                .withNewMetadata()
                .withName("other")
                .endMetadata()
                .withProvisioner("ebs.csi.aws.com")
                .build())
        .create();

    Ended ended = refusedClone("--storage-class", "other");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.message())
        .contains("StorageClass other is of ebs.csi.aws.com")
        .contains("snapshot shop-monday of " + monday.content().driver());
  }

  @Test
  void withoutItsOwnPod() {
    Ended absent =
        shop.restoreJob(
            Map.of("RESTORE_POD", "elsewhere"),
            new StopSignal(),
            "clone",
            "--snapshot",
            "shop-monday");
    Ended unset =
        shop.restoreJob(
            Map.of("RESTORE_POD", ""), new StopSignal(), "clone", "--snapshot", "shop-monday");

    for (Ended ended : List.of(absent, unset)) {
      assertThat(ended.exit()).as(ended.err()).isEqualTo(2);
      assertThat(ended.message()).contains("RESTORE_POD");
    }
  }

  @Test
  void aClaimOfSomebodyElse() {
    shop.sandbox
        .client()
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("data-of-somebody")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .addToRequests("storage", new Quantity("1Gi"))
                .endResources()
                .endSpec()
                .build())
        .create();

    Ended ended = refusedClone("--restore-id", "data-of-somebody");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.message()).contains("PersistentVolumeClaim data-of-somebody is there");
    assertThat(ended.outcome().path("next_step").asString()).contains("--restore-id");
  }

  @Test
  void theClaimOfAnotherRestore() throws Exception {
    shop.snapshot("shop-tuesday");
    assertThat(
            shop.restoreJob("clone", "--snapshot", "shop-tuesday", "--restore-id", "tuesday")
                .exit())
        .isZero();

    Ended ended = refusedClone("--restore-id", "tuesday");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("name-taken");
    assertThat(shop.uidsOf("tuesday")).hasSize(1);
  }

  @Test
  void aJobOfSomebodyElse() {
    shop.sandbox
        .client()
        .resource(
            new JobBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("job-of-somebody")
                .endMetadata()
                .build())
        .create();

    Ended ended = refusedClone("--restore-id", "job-of-somebody");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.message()).contains("Job job-of-somebody is there");
  }

  @Test
  void aVolumeSnapshotOfSomebodyElse() {
    Ended ended = refusedClone("--restore-id", "shop-imageless"); // there is one of that name

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.message()).contains("VolumeSnapshot shop-imageless is there");
  }

  /// It would be of the right data, and take them along when it goes.
  @Test
  void aVolumeSnapshotContentOfSomebodyElse() throws Exception {
    CatalogueEntry lost = shop.snapshot("shop-lost");
    shop.snapshots().withName("shop-lost").delete();
    Sandbox.awaitGone(shop.snapshots().withName("shop-lost"), Duration.ofSeconds(30));
    GenericKubernetesResource content = new GenericKubernetesResource();
    content.setApiVersion("snapshot.storage.k8s.io/v1");
    content.setKind("VolumeSnapshotContent");
    content.setMetadata(new ObjectMetaBuilder().withName("shop.content-of-somebody").build());
    content.setAdditionalProperty(
        "spec",
        Map.of(
            "deletionPolicy",
            "Delete",
            "driver",
            lost.content().driver(),
            "source",
            Map.of("snapshotHandle", lost.content().handle()),
            "volumeSnapshotRef",
            Map.of("namespace", "shop", "name", "content-of-somebody")));
    shop.sandbox.client().resource(content).create();

    Ended ended = refused("shop-lost", "--restore-id", "content-of-somebody");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.message()).contains("VolumeSnapshotContent shop.content-of-somebody is there");
  }

  @Test
  void aServerOfSomebodyElse() {
    for (HasMetadata foreign :
        List.of(
            new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("mariadb-restored")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build(),
            new StatefulSetBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("mariadb-restored")
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withNewSelector()
                .addToMatchLabels("of", "somebody")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("of", "somebody")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())) {
      shop.sandbox.client().resource(foreign).create();
      try {
        Ended ended = refusedClone("--restore-id", "served", "--stateful-set");

        assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
        assertThat(ended.message()).contains(foreign.getKind() + " mariadb-restored is there");
        assertThat(ended.outcome().path("next_step").asString()).contains("--stateful-set");
      } finally {
        shop.sandbox.client().resource(foreign).delete();
      }
    }
  }

  /// A quota is not a right that somebody forgot to grant.
  @Test
  void whatAQuotaForbids() {
    shop.sandbox.faults().add(FaultRule.answer("POST", "/persistentvolumeclaims", 403).always());
    try {
      Ended ended =
          shop.restoreJob("clone", "--snapshot", "shop-monday", "--restore-id", "over-quota");

      assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
      assertThat(ended.outcome().path("next_step").asString()).contains("quota");
    } finally {
      shop.sandbox.faults().clear();
    }
  }

  @Test
  void aSnapshotThatTheCatalogueDoesNotHave() {
    Ended ended = refused("shop-sunday");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(2);
    assertThat(ended.message()).contains("shop-sunday");
  }

  /// Not a refusal: the source still has a tag.
  @Test
  void anImageThatNobodyCanPullIsTakenFromTheSource() {
    Ended ended = shop.restoreJob("clone", "--snapshot", "shop-imageless");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.outcome().path("warnings").toString()).contains("mariadb:11.4 is taken");
  }

  @Test
  void idsThatNoJobCanHave() {
    for (String id : List.of("a".repeat(53), "with.dot", "Not_Even_A_Name")) {
      Ended ended = refusedClone("--restore-id", id);

      assertThat(ended.exit()).as(ended.err()).isEqualTo(2);
      assertThat(ended.message())
          .contains("--restore-id: '" + id + "'")
          .contains("digits and '-' inside, at most 52 characters");
    }
  }

  @Test
  void aCloneHasANameThatFits() {
    CatalogueEntry entry = Drafts.entry("a".repeat(40), Map.of());

    assertThat(CloneJob.id(entry)).hasSize(52).startsWith("a".repeat(40) + "-clone-");
  }
}
