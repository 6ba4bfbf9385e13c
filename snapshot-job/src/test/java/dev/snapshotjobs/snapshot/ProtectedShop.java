package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.JobMain;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.DatabasePod;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.MariaDbDeployment;
import dev.snapshotjobs.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A database in the sandbox with an account for the job, and the ways to run the job on it.
final class ProtectedShop implements AutoCloseable {
  static final String PASSWORD = "s3cret-\"quoted\"-\\slash";

  private static final Pattern WATCHED_NAME = Pattern.compile("metadata\\.name%3D([^&]+)");

  private static final ResourceDefinitionContext SNAPSHOTS =
      context("VolumeSnapshot", "volumesnapshots", true);
  private static final ResourceDefinitionContext CONTENTS =
      context("VolumeSnapshotContent", "volumesnapshotcontents", false);
  private static final ResourceDefinitionContext CLASSES =
      context("VolumeSnapshotClass", "volumesnapshotclasses", false);

  final Sandbox sandbox;
  final List<DatabasePod> pods;

  private ProtectedShop(Sandbox sandbox, List<DatabasePod> pods) {
    this.sandbox = sandbox;
    this.pods = pods;
  }

  static ProtectedShop open(String... serverArgs) throws SQLException {
    return open(1, serverArgs);
  }

  static ProtectedShop open(int replicas, String... serverArgs) throws SQLException {
    return open(Sandbox.start(), replicas, serverArgs);
  }

  /// With all its volumes in this folder.
  static ProtectedShop openIn(Path folder, String... serverArgs) throws SQLException {
    return open(Sandbox.start(folder), 1, serverArgs);
  }

  private static ProtectedShop open(Sandbox sandbox, int replicas, String... serverArgs)
      throws SQLException {
    List<DatabasePod> pods =
        sandbox.deployMariaDb(
            MariaDbDeployment.standard().withReplicas(replicas).withArgs(serverArgs));
    ProtectedShop shop = new ProtectedShop(sandbox, new ArrayList<>(pods));
    for (DatabasePod pod : pods) {
      shop.on(
          pod,
          "CREATE USER jobs@'%' IDENTIFIED BY '" + PASSWORD.replace("\\", "\\\\") + "'",
          "GRANT RELOAD, BINLOG MONITOR, PROCESS, REFERENCES ON *.* TO jobs@'%'");
    }
    return shop;
  }

  /// What is left of a run.
  record Ended(int exit, String out, String err, JsonNode outcome) {
    String reason() {
      return outcome.path("reason").asString();
    }

    String verdict() {
      return outcome.path("verdict").asString();
    }

    String message() {
      return outcome.path("message").asString();
    }

    String nextStep() {
      return outcome.path("next_step").asString();
    }

    double phase(String name) {
      return outcome.path("phases").path(name).asDouble();
    }

    String position(String name) {
      return outcome.path("positions").path(name).asString();
    }

    /// Also of one that was given up, which the message alone names.
    String snapshotName() {
      for (JsonNode object : outcome.path("objects")) {
        if (object.path("kind").asString().equals("VolumeSnapshot")) {
          return object.path("name").asString();
        }
      }
      Matcher named = Pattern.compile("^VolumeSnapshot (\\S+) was given up").matcher(message());
      assertThat(named.find()).as("a VolumeSnapshot in " + outcome).isTrue();
      return named.group(1);
    }
  }

  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("KUBECONFIG", sandbox.kubeconfig().toString());
    environment.put("INSTANCE", "shop");
    environment.put("NAMESPACE", "shop");
    environment.put("STATEFULSET", "mariadb");
    environment.put("VOLUME_SNAPSHOT_CLASS", "sandbox");
    environment.put("MARIADB_USER", "jobs");
    environment.put("MARIADB_PASSWORD", PASSWORD);
    return environment;
  }

  /// Runs the job in this JVM.
  Ended run(String... args) {
    return run(Map.of(), new StopSignal(), args);
  }

  Ended run(Map<String, String> more, StopSignal stop, String... args) {
    try {
      Path terminationLog = Files.createTempFile("termination", "");
      Map<String, String> environment = environment();
      environment.putAll(more);
      environment.put("TERMINATION_LOG", terminationLog.toString());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      int exit =
          JobMain.run(
              new SnapshotCommand(),
              args,
              environment,
              new PrintStream(out, true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8),
              InstantSource.system(),
              stop);
      String outcome = Files.readString(terminationLog);
      Files.delete(terminationLog);
      return new Ended(
          exit,
          out.toString(StandardCharsets.UTF_8),
          err.toString(StandardCharsets.UTF_8),
          JsonMapper.shared().readTree(outcome.isEmpty() ? "{}" : outcome));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts the job as the image does.
  JobProcess start(Map<String, String> more, String... args) {
    Map<String, String> environment = environment();
    environment.remove("KUBECONFIG");
    environment.putAll(more);
    return sandbox.startJob(JobProcess.Spec.of(Main.class.getName(), args).withEnv(environment));
  }

  DatabasePod pod() {
    return pods.getFirst();
  }

  void on(DatabasePod pod, String... statements) throws SQLException {
    try (Connection connection = pod.server().connect("");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  String ask(String sql) throws SQLException {
    try (Connection connection = pod().server().connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  /// Whether nobody holds a backup stage now.
  boolean isUnlocked() throws SQLException {
    try (Connection connection = pod().server().connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION lock_wait_timeout = 2");
      statement.execute("BACKUP STAGE START");
      statement.execute("BACKUP STAGE END");
      return true;
    } catch (SQLException e) {
      if (e.getErrorCode() == 1205) {
        return false;
      }
      throw e;
    }
  }

  List<GenericKubernetesResource> snapshots() {
    return sandbox
        .client()
        .genericKubernetesResources(SNAPSHOTS)
        .inNamespace("shop")
        .list()
        .getItems();
  }

  /// To find out whether a run has left something; what others have left may vanish meanwhile.
  Set<String> snapshotUids() {
    return snapshots().stream()
        .map(snapshot -> snapshot.getMetadata().getUid())
        .collect(Collectors.toSet());
  }

  Optional<GenericKubernetesResource> snapshot(String name) {
    return snapshots().stream().filter(s -> s.getMetadata().getName().equals(name)).findFirst();
  }

  /// As somebody else would make one: without any label or annotation of ours.
  GenericKubernetesResource createSnapshot(String name, String snapshotClass) {
    GenericKubernetesResource snapshot = new GenericKubernetesResource();
    snapshot.setApiVersion("snapshot.storage.k8s.io/v1");
    snapshot.setKind("VolumeSnapshot");
    snapshot.setMetadata(new ObjectMetaBuilder().withNamespace("shop").withName(name).build());
    snapshot.setAdditionalProperty(
        "spec",
        Map.of(
            "volumeSnapshotClassName",
            snapshotClass,
            "source",
            Map.of("persistentVolumeClaimName", "data-mariadb-0")));
    return sandbox
        .client()
        .genericKubernetesResources(SNAPSHOTS)
        .inNamespace("shop")
        .resource(snapshot)
        .create();
  }

  void deleteSnapshot(String name) {
    sandbox
        .client()
        .genericKubernetesResources(SNAPSHOTS)
        .inNamespace("shop")
        .withName(name)
        .delete();
  }

  /// The name that the job is about to use or has just used: it watches it before it creates it.
  String nameInLastWatch() {
    return sandbox.requests().reversed().stream()
        .filter(request -> request.verb().equals("WATCH"))
        .map(request -> WATCHED_NAME.matcher(request.path()))
        .filter(Matcher::find)
        .map(name -> name.group(1))
        .findFirst()
        .orElseThrow();
  }

  GenericKubernetesResource awaitState(String state) throws Exception {
    return sandbox
        .client()
        .genericKubernetesResources(SNAPSHOTS)
        .inNamespace("shop")
        .withLabel("mariadb-snapshot-jobs/state", state)
        .informOnCondition(found -> !found.isEmpty())
        .get(30, TimeUnit.SECONDS)
        .getFirst();
  }

  void awaitThere(String name) {
    named(name).waitUntilCondition(Objects::nonNull, 30, TimeUnit.SECONDS);
  }

  void awaitGone(String name) {
    Sandbox.awaitGone(named(name), Duration.ofSeconds(30));
  }

  private Resource<GenericKubernetesResource> named(String name) {
    return sandbox
        .client()
        .genericKubernetesResources(SNAPSHOTS)
        .inNamespace("shop")
        .withName(name);
  }

  /// The Job of a schedule's slot, as a CronJob makes it.
  void createJob(String name, Instant slot) {
    sandbox
        .client()
        .batch()
        .v1()
        .jobs()
        .inNamespace("shop")
        .resource(
            new JobBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("shop")
                .addToAnnotations(
                    "batch.kubernetes.io/cronjob-scheduled-timestamp", slot.toString())
                .endMetadata()
                .build())
        .create();
  }

  /// Who holds Leases now.
  List<String> leaseHolders() {
    return sandbox.client().leases().inNamespace("shop").list().getItems().stream()
        .map(lease -> String.valueOf(lease.getSpec().getHolderIdentity()))
        .filter(holder -> !holder.isEmpty())
        .toList();
  }

  List<GenericKubernetesResource> contents() {
    return sandbox.client().genericKubernetesResources(CONTENTS).list().getItems();
  }

  /// Creates a VolumeSnapshotClass whose parameters make the driver misbehave.
  void createClass(String name, String deletionPolicy, Map<String, String> parameters) {
    GenericKubernetesResource usual =
        sandbox.client().genericKubernetesResources(CLASSES).withName("sandbox").get();
    GenericKubernetesResource other = new GenericKubernetesResource();
    other.setApiVersion(usual.getApiVersion());
    other.setKind(usual.getKind());
    other.setMetadata(new ObjectMetaBuilder().withName(name).build());
    Object driver = usual.get("driver");
    other.setAdditionalProperty("driver", driver);
    other.setAdditionalProperty("deletionPolicy", deletionPolicy);
    other.setAdditionalProperty("parameters", parameters);
    sandbox.client().genericKubernetesResources(CLASSES).resource(other).create();
  }

  void markDefault(String snapshotClass, boolean isDefault) {
    sandbox
        .client()
        .genericKubernetesResources(CLASSES)
        .withName(snapshotClass)
        .edit(
            found -> {
              Map<String, String> annotations =
                  new HashMap<>(
                      Objects.requireNonNullElse(found.getMetadata().getAnnotations(), Map.of()));
              annotations.put(
                  "snapshot.storage.kubernetes.io/is-default-class", Boolean.toString(isDefault));
              found.getMetadata().setAnnotations(annotations);
              return found;
            });
  }

  @Override
  public void close() {
    sandbox.close();
  }

  private static ResourceDefinitionContext context(String kind, String plural, boolean namespaced) {
    return new ResourceDefinitionContext.Builder()
        .withGroup("snapshot.storage.k8s.io")
        .withVersion("v1")
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(namespaced)
        .build();
  }
}
