package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.SnapshotApi.CONTENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DriverBehaviourTest {

  private final Sandbox sandbox = Sandbox.start();
  private final SnapshotFixture snapshots =
      new SnapshotFixture(sandbox, sandbox.deployMariaDb(MariaDbDeployment.standard()).getFirst());

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

    GenericKubernetesResource ready = snapshots.await("undated", SnapshotFixture::isReady);
    assertThat(ready.<Object>get("status", "creationTime")).isNull();
    GenericKubernetesResource dated = snapshots.await("undated", SnapshotFixture::isCut);

    assertThat(Cluster.isTrue(dated, "status", "readyToUse")).isTrue();
    assertThat(CutStatus.timeOf(snapshots.content(dated)).orElseThrow())
        .isBefore(Instant.now().minusMillis(500));
  }

  @Test
  void showsAnErrorWithTheCutUntilItIsReady() {
    create("alarming", Map.of("errorAfterCut", "true", "readyDelaySeconds", "1"));

    GenericKubernetesResource cut = snapshots.await("alarming", SnapshotFixture::isCut);
    assertThat(Cluster.text(cut, "status", "error", "message")).isPresent();
    assertThat(Cluster.isTrue(cut, "status", "readyToUse")).isFalse();
    GenericKubernetesResource ready = snapshots.await("alarming", SnapshotFixture::isReady);

    assertThat(ready.<Object>get("status", "error")).isNull();
  }

  @Test
  void contentBelongsToAnotherSnapshotThanTheOneThatShowsTheCut() {
    create("misbound", Map.of("bindsToAnother", "true"));

    GenericKubernetesResource cut = snapshots.await("misbound", SnapshotFixture::isCut);

    assertThat(Cluster.text(cut, "status", "boundVolumeSnapshotContentName"))
        .hasValue(snapshots.content(cut).getMetadata().getName());
    assertThat(Cluster.text(snapshots.content(cut), "spec", "volumeSnapshotRef", "uid"))
        .isPresent()
        .isNotEqualTo(Optional.of(cut.getMetadata().getUid()));
  }

  @Test
  void cutHasNoHandle() {
    create("nameless", Map.of("noHandle", "true"));

    GenericKubernetesResource ready = snapshots.await("nameless", SnapshotFixture::isReady);

    assertThat(ready.<Object>get("status", "creationTime")).isNotNull();
    assertThat(snapshots.content(ready).<Object>get("status", "snapshotHandle")).isNull();
    assertThat(cuts(snapshots.content(ready))).isEqualTo(1);
  }

  @Test
  void storageGoesOnWithACutThatItsClientHasGivenUp() {
    create("given-up", Map.of("snapshotDelaySeconds", "1.5"));
    GenericKubernetesResource content = awaitBeingCreated("given-up");

    Instant deleted = Instant.now();
    snapshots.delete("given-up");
    assertThat(cuts(content)).isZero();
    snapshots.awaitGone("given-up");

    assertThat(new Cluster(sandbox.client()).find(CONTENT, Cluster.keyOf(content))).isEmpty();
    assertThat(sandbox.pauses())
        .filteredOn(pause -> pause.snapshotHandle().equals(handle(content)))
        .singleElement()
        .satisfies(pause -> assertThat(pause.start()).isAfter(deleted));
  }

  private void create(String name, Map<String, String> parameters) {
    snapshots.createClass(name, parameters);
    snapshots.create(name, name);
  }

  private GenericKubernetesResource awaitBeingCreated(String name) {
    GenericKubernetesResource bound =
        snapshots.await(
            name, found -> found.get("status", "boundVolumeSnapshotContentName") != null);
    return snapshots.awaitContent(
        bound, found -> Cluster.annotation(found, SnapshotApi.BEING_CREATED).equals("yes"));
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
