package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.restore.ArchivedShop.Ended;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Where a restore takes the keys of encrypted data from, and what it refuses before anything is
/// touched.
class KeysTest {
  private static final String FILE = "/etc/mysql/keys/keyfile";

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static RestorableShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static CatalogueEntry monday;

  @BeforeAll
  static void prepare() throws Exception {
    shop = new RestorableShop();
    monday = shop.snapshot("shop-monday");
    shop.script("ok", "ok");
  }

  @AfterEach
  void giveNoKeys() {
    shop.ownKeys("");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  private static String settings(String... settings) {
    Map<String, String> all = new TreeMap<>(ServerArguments.settings(monday));
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return JsonMapper.shared().writeValueAsString(all);
  }

  /// Of the set of that name, which may not be there.
  private static Ended cloneOf(String set, String... settings) {
    String name = "shop-of-" + set;
    Map<String, String> annotations = new TreeMap<>(monday.annotations());
    annotations.put(SnapshotKeys.SERVER_SETTINGS, settings(settings));
    shop.catalogue(
        new CatalogueEntry(
            "shop",
            new CatalogueEntry.Snapshot(
                "shop",
                name,
                "uid-of-" + name,
                "sandbox",
                monday.snapshot().creationTime(),
                monday.snapshot().restoreSize()),
            monday.content(),
            new CatalogueEntry.Claim("data-%s-0".formatted(set), "sandbox", 1 << 30),
            monday.labels(),
            annotations,
            monday.recordedAt()));
    return shop.restoreJob("clone", "--snapshot", name, "--restore-id", "of-" + set);
  }

  private static Ended refused(String set, String... settings) {
    int before = shop.writes().size();
    Ended ended = cloneOf(set, settings);
    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("no-encryption-keys");
    assertThat(shop.writes()).as(ended.err()).hasSize(before);
    return ended;
  }

  /// A StatefulSet that has the folder of the keys from a volume; it has no pod here.
  private static void sourceWith(String name, Volume keys) {
    shop.sandbox
        .client()
        .resource(
            new StatefulSetBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withServiceName(name)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("mariadb")
                .withImage("mariadb:11.4")
                .withVolumeMounts(
                    new VolumeMountBuilder()
                        .withName("data")
                        .withMountPath("/var/lib/mysql")
                        .build(),
                    new VolumeMountBuilder()
                        .withName(keys.getName())
                        .withMountPath("/etc/mysql/keys")
                        .build())
                .endContainer()
                .withVolumes(keys)
                .endSpec()
                .endTemplate()
                .withVolumeClaimTemplates(
                    new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName("data")
                        .endMetadata()
                        .build())
                .endSpec()
                .build())
        .create();
  }

  private static final String[] KEY_FILE = {
    SnapshotKeys.ENCRYPTION_PLUGIN, "file_key_management", "file_key_management_filename", FILE
  };

  @Test
  void refusesAFileThatTheSourceDoesNotMount() {
    Ended ended = refused("mariadb", KEY_FILE);

    assertThat(ended.message()).contains(FILE).contains("StatefulSet mariadb mounts nothing there");
    assertThat(ended.outcome().path("next_step").asString()).contains("manifests/pitr-now.yaml");
  }

  @Test
  void refusesAFileOfASourceThatIsGone() {
    assertThat(refused("gone", KEY_FILE).message())
        .contains(FILE)
        .contains("no StatefulSet of its claim is there");
  }

  @Test
  void refusesWhatASecretStoreMounts() {
    sourceWith(
        "store",
        new VolumeBuilder()
            .withName("keys")
            .withNewCsi()
            .withDriver("secrets-store.csi.k8s.io")
            .withReadOnly(true)
            .endCsi()
            .build());

    assertThat(refused("store", KEY_FILE).message())
        .contains(FILE)
        .contains(
            "StatefulSet store has it from a volume of the CSI driver secrets-store.csi.k8s.io");
  }

  @Test
  void refusesWhatAnInitContainerFetches() {
    sourceWith(
        "fetched", new VolumeBuilder().withName("keys").withNewEmptyDir().endEmptyDir().build());

    assertThat(refused("fetched", KEY_FILE).message()).contains("an emptyDir");
  }

  @Test
  void refusesWhatIsOnAnotherClaim() {
    sourceWith(
        "claimed",
        new VolumeBuilder()
            .withName("keys")
            .withNewPersistentVolumeClaim("keys-of-all", true)
            .build());

    assertThat(refused("claimed", KEY_FILE).message()).contains("the claim keys-of-all");
  }

  @Test
  void refusesKeysOfAnotherPlugin() {
    assertThat(refused("kms", SnapshotKeys.ENCRYPTION_PLUGIN, "aws_key_management").message())
        .contains("the plugin aws_key_management");
  }

  @Test
  void refusesAPasswordThatNobodyRecorded() {
    Ended ended =
        refused(
            "typed",
            "file_key_management_filename",
            FILE,
            "file_key_management_filekey",
            "<secret>");

    assertThat(ended.message()).contains("file_key_management_filekey");
    assertThat(ended.outcome().path("next_step").asString()).contains("--key-password-file");
  }

  /// The sandbox's server has no such plugin, and ends as one does that cannot read its data.
  @Test
  void givesAServerUpThatCannotStartWithKeysThatItWasGiven() throws Exception {
    shop.sandbox
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("keys-of-old")
                .endMetadata()
                .addToStringData("keyfile", "1;" + "ab".repeat(32))
                .build())
        .create();
    shop.ownKeys("keys-of-old");
    shop.snapshot(
        "shop-encrypted",
        Map.of(
            SnapshotKeys.SERVER_SETTINGS,
            settings("file_key_management_filename", "/etc/mysql/given/keyfile")));

    Ended ended =
        shop.restoreJob(
            "clone",
            "--snapshot",
            "shop-encrypted",
            "--restore-id",
            "encrypted",
            "--attempts",
            "2");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("attempts-exhausted");
    assertThat(ended.message())
        .contains("mariadb ended with")
        .contains("file-key-management-filename");
    assertThat(shop.uidsOf("encrypted")).hasSize(2);
    var pod = Objects.requireNonNull(shop.job("encrypted")).getSpec().getTemplate().getSpec();
    assertThat(pod.getInitContainers().getLast().getVolumeMounts())
        .filteredOn(mount -> mount.getMountPath().equals("/etc/mysql/given"))
        .singleElement()
        .satisfies(mount -> assertThat(mount.getReadOnly()).isTrue());
    assertThat(pod.getVolumes())
        .extracting(Volume::getSecret)
        .filteredOn(Objects::nonNull)
        .extracting("secretName")
        .isEqualTo(List.of("keys-of-old"));
  }
}
