package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiServerTest {

  private final Sandbox sandbox = Sandbox.start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void clearFaults() {
    sandbox.faults().clear();
  }

  @AfterAll
  void close() {
    http.close();
    sandbox.close();
  }

  @Test
  void servesTheSnapshotGroupToDiscovery() {
    assertThat(sandbox.client().hasApiGroup("snapshot.storage.k8s.io", true)).isTrue();
    assertThat(sandbox.client().getApiResources("snapshot.storage.k8s.io/v1").getResources())
        .extracting(resource -> resource.getKind())
        .contains("VolumeSnapshot", "VolumeSnapshotContent", "VolumeSnapshotClass");
    assertThat(sandbox.client().getKubernetesVersion().getMinor()).isEqualTo("34");
  }

  @Test
  void answersWithoutDelayWhileWatchesAreClosedAmongEvents() {
    var maps = sandbox.client().configMaps().inNamespace("default");
    var map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("busy")
            .withNamespace("default")
            .endMetadata()
            .build();
    long slowest = 0;
    for (int round = 0; round < 60; round++) {
      Watch watch = maps.watch(new Unheard());
      long start = System.nanoTime();
      maps.resource(map).create();
      watch.close();
      maps.withName("busy").delete();
      slowest = Math.max(slowest, System.nanoTime() - start);
    }
    assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(3));
  }

  private static final class Unheard implements Watcher<ConfigMap> {
    @Override
    public void eventReceived(Action action, ConfigMap resource) {}

    @Override
    public void onClose(WatcherException cause) {}
  }

  @Test
  void checksADryRunOfACreationWithoutStoringIt() {
    var maps = sandbox.client().configMaps().inNamespace("default");
    var map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("rehearsed")
            .withNamespace("default")
            .endMetadata()
            .build();

    maps.resource(map).dryRun().create();
    assertThat(maps.withName("rehearsed").get()).isNull();
    maps.resource(map).create();

    assertThatThrownBy(() -> maps.resource(map).dryRun().create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  @Test
  void answersWithTheFaultAndThenPasses() throws IOException, InterruptedException {
    sandbox
        .faults()
        .add(FaultRule.answer("GET", "/storageclasses/", 429).retryAfter(Duration.ofSeconds(2)));

    HttpResponse<String> first = get("/apis/storage.k8s.io/v1/storageclasses/sandbox");
    HttpResponse<String> second = get("/apis/storage.k8s.io/v1/storageclasses/sandbox");

    assertThat(first.statusCode()).isEqualTo(429);
    assertThat(first.headers().firstValue("Retry-After")).hasValue("2");
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.headers().firstValue("Date")).isPresent();
    assertThat(sandbox.requests())
        .filteredOn(request -> request.path().endsWith("/storageclasses/sandbox"))
        .extracting(ApiRequest::status)
        .containsExactly(429, 200);
  }

  @Test
  void connectionCanBeUsedAgainAfterAFault() throws IOException, InterruptedException {
    sandbox.faults().add(FaultRule.answer("POST", "/configmaps", 503).times(3));

    for (int attempt = 0; attempt < 3; attempt++) {
      assertThat(post("/api/v1/namespaces/default/configmaps", "x".repeat(100_000))).isEqualTo(503);
    }
    assertThat(get("/version").statusCode()).isEqualTo(200);
  }

  private int post(String path, String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(sandbox.kubernetesUrl() + path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .timeout(Duration.ofSeconds(10))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void answersLate() throws IOException, InterruptedException {
    sandbox.faults().add(FaultRule.delay("GET", "/version", Duration.ofMillis(300)));

    long before = System.nanoTime();
    assertThat(get("/version").statusCode()).isEqualTo(200);

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(290));
  }

  @Test
  void closesTheConnectionWithoutAnAnswer() {
    sandbox.faults().add(FaultRule.drop("GET", "/version").times(10));

    assertThatThrownBy(() -> get("/version")).isInstanceOf(IOException.class);
  }

  @Test
  void secondCreationOfTheSameNameIsAConflict() {
    sandbox.createNamespace("twice");

    assertThatThrownBy(() -> sandbox.createNamespace("twice"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  @Test
  void patchThatDoesNotApplyIsInvalid() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    sandbox.kubernetesUrl() + "/apis/storage.k8s.io/v1/storageclasses/sandbox"))
            .header("Content-Type", "application/json-patch+json")
            .method(
                "PATCH",
                HttpRequest.BodyPublishers.ofString(
                    "[{\"op\":\"remove\",\"path\":\"/metadata/finalizers/1\"}]"))
            .timeout(Duration.ofSeconds(10))
            .build();

    assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(422);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(sandbox.kubernetesUrl() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
