package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.SnapshotApi.CONTENT;
import static dev.snapshotjobs.sandbox.SnapshotApi.SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DriverBehaviourTest {

  private final Sandbox sandbox = Sandbox.start();
  private final Cluster cluster = new Cluster(sandbox.client());
  private final DatabasePod database =
      sandbox.deployMariaDb(MariaDbDeployment.standard()).getFirst();

  @AfterAll
  void close() {
    sandbox.close();
  }

  @Test
  void neverReturnsFromTheCut() {
    create("endless", Map.of("neverCut", "true"));

    GenericKubernetesResource content = awaitBeingCreated("endless");

    assertThat(content.<Object>get("status")).isNull();
    assertThat(cuts(content)).isZero();
  }

  @Test
  void isReadyBeforeItTellsWhenItWasCut() {
    create("undated", Map.of("readyBeforeCreationTime", "true", "creationTimeDelaySeconds", "0.5"));

    GenericKubernetesResource ready =
        await("undated", found -> Cluster.isTrue(found, "status", "readyToUse"));
    assertThat(ready.<Object>get("status", "creationTime")).isNull();
    GenericKubernetesResource dated =
        await("undated", found -> found.get("status", "creationTime") != null);

    assertThat(Cluster.isTrue(dated, "status", "readyToUse")).isTrue();
    assertThat(CutStatus.timeOf(content(dated)).orElseThrow())
        .isBefore(Instant.now().minusMillis(500));
  }

  @Test
  void showsAnErrorWithTheCutUntilItIsReady() {
    create("alarming", Map.of("errorAfterCut", "true", "readyDelaySeconds", "1"));

    GenericKubernetesResource cut =
        await("alarming", found -> found.get("status", "creationTime") != null);
    assertThat(Cluster.text(cut, "status", "error", "message")).isPresent();
    assertThat(Cluster.isTrue(cut, "status", "readyToUse")).isFalse();
    GenericKubernetesResource ready =
        await("alarming", found -> Cluster.isTrue(found, "status", "readyToUse"));

    assertThat(ready.<Object>get("status", "error")).isNull();
  }

  @Test
  void contentBelongsToAnotherSnapshotThanTheOneThatShowsTheCut() {
    create("misbound", Map.of("bindsToAnother", "true"));

    GenericKubernetesResource cut =
        await("misbound", found -> found.get("status", "creationTime") != null);

    assertThat(Cluster.text(cut, "status", "boundVolumeSnapshotContentName"))
        .hasValue(content(cut).getMetadata().getName());
    assertThat(Cluster.text(content(cut), "spec", "volumeSnapshotRef", "uid"))
        .isPresent()
        .isNotEqualTo(java.util.Optional.of(cut.getMetadata().getUid()));
  }

  @Test
  void cutHasNoHandle() {
    create("nameless", Map.of("noHandle", "true"));

    GenericKubernetesResource ready =
        await("nameless", found -> Cluster.isTrue(found, "status", "readyToUse"));

    assertThat(ready.<Object>get("status", "creationTime")).isNotNull();
    assertThat(content(ready).<Object>get("status", "snapshotHandle")).isNull();
    assertThat(cuts(content(ready))).isEqualTo(1);
  }

  @Test
  void storageGoesOnWithACutThatItsClientHasGivenUp() {
    create("given-up", Map.of("snapshotDelaySeconds", "1.5"));
    GenericKubernetesResource content = awaitBeingCreated("given-up");

    Instant deleted = Instant.now();
    cluster.at(SNAPSHOT, key("given-up")).delete();
    assertThat(cuts(content)).isZero();
    cluster.at(SNAPSHOT, key("given-up")).waitUntilCondition(Objects::isNull, 30, TimeUnit.SECONDS);

    assertThat(cluster.find(CONTENT, Cluster.keyOf(content))).isEmpty();
    assertThat(sandbox.pauses())
        .filteredOn(pause -> pause.snapshotHandle().equals(handle(content)))
        .singleElement()
        .satisfies(pause -> assertThat(pause.start()).isAfter(deleted));
  }

  private void create(String name, Map<String, String> parameters) {
    sandbox.client().resource(DefaultObjects.snapshotClass(name, parameters)).create();
    Map<String, Object> spec =
        Map.of(
            "volumeSnapshotClassName",
            name,
            "source",
            Map.of("persistentVolumeClaimName", database.claim()));
    sandbox
        .client()
        .resource(
            new GenericKubernetesResourceBuilder()
                .withApiVersion(SnapshotApi.API_VERSION)
                .withKind("VolumeSnapshot")
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .endMetadata()
                .addToAdditionalProperties("spec", spec)
                .build())
        .create();
  }

  private static ObjectKey key(String name) {
    return new ObjectKey("shop", name);
  }

  private GenericKubernetesResource await(
      String name, Predicate<GenericKubernetesResource> condition) {
    return cluster
        .at(SNAPSHOT, key(name))
        .waitUntilCondition(found -> found != null && condition.test(found), 30, TimeUnit.SECONDS);
  }

  private GenericKubernetesResource awaitBeingCreated(String name) {
    GenericKubernetesResource bound =
        await(name, found -> found.get("status", "boundVolumeSnapshotContentName") != null);
    return cluster
        .at(CONTENT, new ObjectKey("", SnapshotController.contentName(bound)))
        .waitUntilCondition(
            found -> Cluster.annotation(found, SnapshotApi.BEING_CREATED).equals("yes"),
            30,
            TimeUnit.SECONDS);
  }

  private GenericKubernetesResource content(GenericKubernetesResource snapshot) {
    return cluster
        .find(CONTENT, new ObjectKey("", SnapshotController.contentName(snapshot)))
        .orElseThrow();
  }

  private static String handle(GenericKubernetesResource content) {
    return "snap-" + content.getMetadata().getUid();
  }

  private long cuts(GenericKubernetesResource content) {
    return sandbox.pauses().stream()
        .filter(pause -> pause.snapshotHandle().equals(handle(content)))
        .count();
  }
}
