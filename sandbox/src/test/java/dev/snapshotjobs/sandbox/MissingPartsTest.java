package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.SnapshotApi.CONTENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MissingPartsTest {

  private final Sandbox sandbox = Sandbox.start();
  private final SnapshotFixture snapshots =
      new SnapshotFixture(sandbox, sandbox.deployMariaDb(MariaDbDeployment.standard()).getFirst());

  @AfterEach
  void bringEverythingBack() {
    sandbox.serve(SnapshotCrds.V1);
    sandbox.snapshotController().start();
    sandbox.snapshotter().start();
  }

  @AfterAll
  void close() {
    sandbox.close();
  }

  @Test
  void snapshotKeepsAnEmptyStatusUntilTheControllerIsBack() {
    sandbox.snapshotController().stop();
    snapshots.create("unseen", "sandbox");
    marker("controller"); // what came before it would have been handled by now

    GenericKubernetesResource unseen = snapshots.await("unseen", found -> true);
    assertThat(unseen.<Object>get("status")).isNull();
    assertThat(unseen.getFinalizers()).isEmpty();

    sandbox.snapshotController().start();
    snapshots.await("unseen", SnapshotFixture::isReady);
  }

  @Test
  void contentGetsNoHandleUntilTheSidecarIsBack() {
    sandbox.snapshotter().stop();
    snapshots.create("uncut", "sandbox");
    GenericKubernetesResource bound =
        snapshots.await(
            "uncut", found -> found.get("status", "boundVolumeSnapshotContentName") != null);
    marker("sidecar");

    assertThat(snapshots.content(bound).<Object>get("status")).isNull();
    assertThat(Cluster.annotation(snapshots.content(bound), SnapshotApi.BEING_CREATED)).isEmpty();

    sandbox.snapshotter().start();
    snapshots.await("uncut", SnapshotFixture::isReady);
  }

  @Test
  void stoppedSidecarLeavesItsTimersBehind() {
    snapshots.createClass("later", Map.of("snapshotDelaySeconds", "0.5"));
    snapshots.create("interrupted", "later");
    GenericKubernetesResource bound =
        snapshots.await(
            "interrupted", found -> found.get("status", "boundVolumeSnapshotContentName") != null);
    snapshots.awaitContent(
        bound, found -> Cluster.annotation(found, SnapshotApi.BEING_CREATED).equals("yes"));

    sandbox.snapshotter().stop();
    GenericKubernetesResource before = snapshots.content(bound);
    marker("timer");
    assertThat(snapshots.content(bound).getMetadata().getResourceVersion())
        .isEqualTo(before.getMetadata().getResourceVersion());

    sandbox.snapshotter().start();
    snapshots.await("interrupted", SnapshotFixture::isReady);
  }

  @Test
  void withoutCrdsNothingOfTheGroupIsThere() throws IOException, InterruptedException {
    sandbox.serve(SnapshotCrds.NONE);

    assertThat(sandbox.client().hasApiGroup(SnapshotApi.GROUP, true)).isFalse();
    assertThat(sandbox.client().getApiResources(SnapshotApi.API_VERSION)).isNull();
    assertThat(new Cluster(sandbox.client()).find(CONTENT, new ObjectKey("", "any"))).isEmpty();
    assertThatThrownBy(() -> snapshots.create("homeless", "sandbox"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(404));
    HttpResponse<String> list = get("/apis/snapshot.storage.k8s.io/v1/volumesnapshots");
    assertThat(list.statusCode()).isEqualTo(404);
    assertThat(list.body()).isEqualTo("404 page not found\n");
    assertThat(get("/apis").body()).contains("coordination.k8s.io").doesNotContain("snapshot");
  }

  @Test
  void crdsComeBackWithTheirObjects() {
    snapshots.create("kept", "sandbox");
    snapshots.await("kept", SnapshotFixture::isReady);

    sandbox.serve(SnapshotCrds.NONE);
    sandbox.serve(SnapshotCrds.V1);

    assertThat(sandbox.client().hasApiGroup(SnapshotApi.GROUP, true)).isTrue();
    assertThat(sandbox.client().getApiResources(SnapshotApi.API_VERSION)).isNotNull();
    snapshots.await("kept", SnapshotFixture::isReady);
  }

  @Test
  void olderVersionAloneIsAllThatDiscoveryShows() throws IOException, InterruptedException {
    sandbox.serve(SnapshotCrds.ONLY_V1BETA1);

    assertThat(sandbox.client().hasApiGroup(SnapshotApi.GROUP, true)).isTrue();
    assertThat(sandbox.client().getApiResources(SnapshotApi.API_VERSION)).isNull();
    assertThat(sandbox.client().getApiResources(SnapshotApi.GROUP + "/v1beta1").getResources())
        .extracting(resource -> resource.getKind())
        .contains("VolumeSnapshot");
    assertThat(get("/apis").body()).contains("v1beta1");
    assertThat(get("/apis/snapshot.storage.k8s.io/v1/volumesnapshots").statusCode()).isEqualTo(404);
  }

  /// Lets the controllers that are there handle a claim from its creation to its being bound.
  private void marker(String name) {
    sandbox.deployMariaDb(
        MariaDbDeployment.standard().withName(name).withLabels(Map.of("app", name)));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(sandbox.kubernetesUrl() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
