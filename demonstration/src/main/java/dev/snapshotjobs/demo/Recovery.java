package dev.snapshotjobs.demo;

import dev.snapshotjobs.restore.Main;
import dev.snapshotjobs.sandbox.DatabasePod;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `restore-job pitr` as its image would run it, and the pod that it starts.
record Recovery(Sandbox sandbox, Bucket bucket) {
  /// Of the volume, the Job and the plan.
  private static final String ID = "invoices-are-back";

  private static final String NAMESPACE = "shop";
  private static final String IMAGE = "mariadb-snapshot-jobs/restore-job:demo";
  private static final String OWN_POD = "mariadb-restore-now-x7k2p";
  private static final Duration MAY_TAKE = Duration.ofMinutes(5);

  private static final String[] JVM_ARGS = {
    "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"
  };

  /// A run that has ended.
  ///
  /// @param phases how the wall time of all is spent, in the order of its beginning
  record Ended(
      int exit, JsonNode outcome, Duration wallTime, Map<String, Duration> phases, String errors) {}

  Ended run(String gtid) {
    sandbox.provideImage(IMAGE, JobProcess.Spec.of(Main.class.getName()).withJvmArgs(JVM_ARGS));
    sandbox.client().resource(ownPod()).create();
    Map<String, String> settings = new HashMap<>(bucket.settings());
    settings.putAll(Map.of("NAMESPACE", NAMESPACE, "RESTORE_POD", OWN_POD));
    JobProcess job =
        sandbox.startJob(
            JobProcess.Spec.of(
                    Main.class.getName(),
                    "pitr",
                    "--before-gtid",
                    gtid,
                    "--restore-id",
                    ID,
                    "--stateful-set")
                .withEnv(settings)
                .withJvmArgs(JVM_ARGS));
    int exit = job.awaitExit(MAY_TAKE);
    JsonNode outcome = JsonMapper.shared().readTree(job.terminationMessage());
    Map<String, Duration> phases = exit == 0 ? phases(job.wallTime(), outcome) : Map.of();
    return new Ended(exit, outcome, job.wallTime(), phases, job.stderr());
  }

  /// The server that `pitr` has started on the restored volume.
  DatabasePod server() {
    return sandbox.awaitPod(NAMESPACE, "mariadb-restored-0", ID);
  }

  /// Of the run and of the containers in its pod, as their outcomes tell them. What none of them
  /// counts is the time in which the volume, the pod and its processes come and go.
  private Map<String, Duration> phases(Duration wallTime, JsonNode run) {
    String pod = sandbox.podsOfJob(NAMESPACE, ID).getFirst().getMetadata().getName();
    JobProcess inspect = sandbox.container(NAMESPACE, pod, "inspect");
    JsonNode replay =
        JsonMapper.shared()
            .readTree(sandbox.container(NAMESPACE, pod, "replay").terminationMessage());
    Duration counted =
        inspect.wallTime().plus(phase(replay, "recover", "replay", "validate", "finish"));
    Map<String, Duration> phases = new LinkedHashMap<>();
    phases.put(
        "plan: documents, and each log read once",
        wallTime.minus(phase(run, "snapshot", "restore", "serve")));
    phases.put("inspect: the copy's own log against the plan", inspect.wallTime());
    phases.put("recover: the server is waited for", phase(replay, "recover"));
    phases.put("replay", phase(replay, "replay"));
    phases.put("validate: CHECK TABLE", phase(replay, "validate"));
    phases.put("finish: a history of its own, durable settings", phase(replay, "finish"));
    phases.put(
        "volume from the snapshot, start of pod and replay, the server's clean end",
        phase(run, "snapshot", "restore").minus(counted));
    phases.put("serve: a StatefulSet on the restored volume", phase(run, "serve"));
    return phases;
  }

  private static Duration phase(JsonNode outcome, String... names) {
    Duration sum = Duration.ZERO;
    for (String name : names) {
      double seconds = outcome.path("phases").path(name).asDouble(0);
      sum = sum.plusMillis(Math.round(seconds * 1000));
    }
    return sum;
  }

  /// Stands for the pod that a Job of `manifests/` makes: the run copies image and variables of it.
  private Pod ownPod() {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(OWN_POD)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("restore-job")
        .withImage(IMAGE)
        .withEnv(
            bucket.settings().entrySet().stream()
                .map(one -> new EnvVar(one.getKey(), one.getValue(), null))
                .toList())
        .endContainer()
        .endSpec()
        .build();
  }
}
