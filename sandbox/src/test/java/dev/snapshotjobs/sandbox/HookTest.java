package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HookTest {

  private final Sandbox sandbox = Sandbox.start();
  private final KubernetesClient job = client(sandbox);

  private static KubernetesClient client(Sandbox sandbox) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(sandbox.kubernetesUrl())
            .withUserAgent("a-job")
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  @AfterEach
  void clearFaults() {
    sandbox.faults().clear();
  }

  @AfterAll
  void close() {
    job.close();
    sandbox.close();
  }

  @Test
  void actsBeforeTheRequestIsHandledAndCanUseTheApi() {
    sandbox.faults().add(Hook.before("POST", "/configmaps", () -> create(sandbox.client(), "a")));

    assertConflict(() -> create(job, "a"));

    assertThat(sandbox.faults().isEmpty()).isTrue();
  }

  @Test
  void actsAfterTheRequestIsCarriedOutAndBeforeItsAnswer() {
    List<String> seen = new CopyOnWriteArrayList<>();
    sandbox
        .faults()
        .add(
            Hook.after(
                "POST",
                "/configmaps",
                () -> {
                  seen.add(find("b") == null ? "absent" : "present");
                  sandbox.client().configMaps().inNamespace("default").withName("b").delete();
                }));

    ConfigMap created = create(job, "b");

    assertThat(seen).containsExactly("present");
    assertThat(created.getMetadata().getUid()).isNotEmpty();
    assertThat(find("b")).isNull();
  }

  @Test
  void holdsTheAnswerUntilTheActionHasEndedAndNobodyElse()
      throws InterruptedException, ExecutionException, TimeoutException {
    CountDownLatch go = new CountDownLatch(1);
    sandbox.faults().add(Hook.after("POST", "/configmaps", () -> await(go)));

    CompletableFuture<ConfigMap> created = CompletableFuture.supplyAsync(() -> create(job, "held"));
    sandbox
        .client()
        .configMaps()
        .inNamespace("default")
        .withName("held")
        .waitUntilCondition(found -> found != null, 30, TimeUnit.SECONDS);
    assertThat(created).isNotDone();
    go.countDown();

    assertThat(created.get(30, TimeUnit.SECONDS).getMetadata().getName()).isEqualTo("held");
  }

  @Test
  void faultThatIsAddedBeforeHitsThatVeryRequest() {
    sandbox
        .faults()
        .add(
            Hook.before(
                "POST",
                "/configmaps",
                () -> sandbox.faults().add(FaultRule.answer(".*", "", 403).always())));

    assertThatThrownBy(() -> create(job, "forbidden"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
    sandbox.faults().clear();
    assertThat(find("forbidden")).isNull();
  }

  @Test
  void faultThatIsAddedAfterHitsTheNextRequest() {
    sandbox
        .faults()
        .add(
            Hook.after(
                "POST",
                "/configmaps",
                () -> sandbox.faults().add(FaultRule.drop(".*", "").always())));

    assertThat(create(job, "last")).isNotNull();
    assertThatThrownBy(() -> create(job, "too-late")).isInstanceOf(RuntimeException.class);
  }

  @Test
  void allThatMatchHaveTheirTurnsInOrderAsOftenAsTheyWereMadeFor() {
    List<String> turns = new CopyOnWriteArrayList<>();
    sandbox.faults().add(Hook.before("GET", "/configmaps/", () -> turns.add("twice")).times(2));
    sandbox.faults().add(Hook.before("GET", "/configmaps/x", () -> turns.add("always")).always());
    sandbox.faults().add(Hook.after("GET", "/configmaps/x", () -> turns.add("once")));

    for (int i = 0; i < 3; i++) {
      job.configMaps().inNamespace("default").withName("x").get();
    }

    assertThat(turns).containsExactly("twice", "always", "once", "twice", "always", "always");
  }

  @Test
  void actsAtAWatchToo() throws InterruptedException {
    List<String> moments = new CopyOnWriteArrayList<>();
    CountDownLatch seen = new CountDownLatch(1);
    sandbox.faults().add(Hook.before("WATCH", "/configmaps", () -> moments.add("before")));
    sandbox.faults().add(Hook.after("WATCH", "/configmaps", () -> moments.add("after")));

    try (Watch watch =
        job.configMaps()
            .inNamespace("default")
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, ConfigMap map) {
                    if (map.getMetadata().getName().equals("watched")) {
                      seen.countDown();
                    }
                  }

                  @Override
                  public void onClose(WatcherException cause) {}
                })) {
      create(sandbox.client(), "watched");
      assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(watch).isNotNull();
    }
    assertThat(moments).containsExactly("before", "after");
  }

  @Test
  void passesByTheSandboxItself() {
    List<String> turns = new ArrayList<>();
    sandbox.faults().add(Hook.before(".*", "", () -> turns.add("turn")).always());

    create(sandbox.client(), "unhooked");

    assertThat(turns).isEmpty();
  }

  @Test
  void lostAnswerIsToARequestThatWasCarriedOut() {
    sandbox.faults().add(FaultRule.loseAnswer("POST", "/configmaps"));

    assertThatThrownBy(() -> create(job, "unheard")).isInstanceOf(KubernetesClientException.class);

    assertThat(find("unheard")).isNotNull();
    assertThat(sandbox.requests())
        .filteredOn(request -> request.verb().equals("POST") && request.status() == 0)
        .isNotEmpty();
  }

  @Test
  void requestThatArrivesTwiceIsAnsweredByTheSecondTime() {
    sandbox.faults().add(FaultRule.arriveTwice("POST", "/configmaps"));

    assertThatThrownBy(() -> create(job, "twice"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThat(find("twice")).isNotNull();
  }

  @Test
  void failureOfAnActionIsThrownWhenTheSandboxIsClosed() {
    Sandbox other = Sandbox.start();
    try (KubernetesClient client = client(other)) {
      other.faults().add(Hook.before("GET", "/version", () -> assertThat(1).isEqualTo(2)));

      assertThatThrownBy(client::getKubernetesVersion)
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(500));
    }
    assertThatThrownBy(other::close)
        .isInstanceOf(SandboxException.class)
        .hasCauseInstanceOf(AssertionError.class);
  }

  private static ConfigMap create(KubernetesClient by, String name) {
    return by.resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .build())
        .create();
  }

  private ConfigMap find(String name) {
    return sandbox.client().configMaps().inNamespace("default").withName(name).get();
  }

  private static void assertConflict(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
