package dev.snapshotjobs.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.archiver.ArchiverProgram;
import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject.SnapshotEntry;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.job.JobMain;
import dev.snapshotjobs.common.job.JobProgram;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.SandboxStore;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.restore.ArchivedShop.Ended;
import dev.snapshotjobs.sandbox.ApiRequest;
import dev.snapshotjobs.sandbox.DatabasePod;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.MariaDbDeployment;
import dev.snapshotjobs.sandbox.S3Server;
import dev.snapshotjobs.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A database in the sandbox with an archive and snapshots, a pod that stands for the one of the
/// job, and the ways to run restore-job in it.
final class RestorableShop implements AutoCloseable {
  static final String IMAGE = "mariadb-snapshot-jobs/restore-job:test";
  static final String NAMESPACE = "shop";
  private static final String OWN_POD = "pitr-now-x7k2p";

  final Sandbox sandbox = Sandbox.start();
  final S3Server s3 = S3Server.start();
  final DatabasePod pod;
  private final S3ObjectStore store;
  private final Path state;
  private final Map<String, LinkedHashSet<String>> uids = new HashMap<>();
  private Map<String, String> script = Map.of();
  private String image = IMAGE;
  private String controller = "";
  private String keys = "";

  /// With stand-ins for the programs inside of the restore's pod.
  RestorableShop() throws Exception {
    this(StandIn.class);
  }

  RestorableShop(Class<?> main) throws Exception {
    store = SandboxStore.connect(s3, "");
    // Not below /tmp, which is a volume of each pod.
    state = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "stand-in");
    pod = sandbox.deployMariaDb(MariaDbDeployment.standard()).getFirst();
    run(
        "CREATE USER archiver@'%' IDENTIFIED BY 's3cret'",
        "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO archiver@'%'",
        "CREATE DATABASE shop",
        "CREATE TABLE shop.orders (id INT PRIMARY KEY)");
    sandbox.provideImage(
        IMAGE,
        JobProcess.Spec.of(main.getName())
            .withJvmArgs("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    sandbox.client().resource(ownPod()).create();
    var _ = sandbox.client().persistentVolumeClaims().inNamespace(NAMESPACE).watch(new Claims());
  }

  /// Learns of all claims that are made.
  private final class Claims implements Watcher<PersistentVolumeClaim> {
    @Override
    public void eventReceived(Action action, PersistentVolumeClaim claim) {
      synchronized (uids) {
        uids.computeIfAbsent(claim.getMetadata().getName(), _ -> new LinkedHashSet<>())
            .add(claim.getMetadata().getUid());
      }
    }

    @Override
    public void onClose(WatcherException cause) {}
  }

  /// Of all claims that were made under a name, the oldest first.
  List<String> uidsOf(String claim) {
    synchronized (uids) {
      return List.copyOf(uids.getOrDefault(claim, new LinkedHashSet<>()));
    }
  }

  void run(String... statements) throws SQLException {
    try (Connection connection = pod.server().connect("");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  String ask(String sql) throws SQLException {
    return ask(sql, 1);
  }

  String ask(String sql, int column) throws SQLException {
    try (Connection connection = pod.server().connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(column)) : "";
    }
  }

  /// What the stand-ins do from now on; they begin to count anew.
  void script(String inspect, String replay) throws IOException {
    for (String command : List.of("inspect", "replay")) {
      Files.deleteIfExists(state.resolve(command));
    }
    script = Map.of("INSPECT", inspect, "REPLAY", replay);
    replaceOwnPod();
  }

  void ownImage(String other) {
    image = other;
    replaceOwnPod();
  }

  /// As if something had started the pod.
  void ownController(String uid) {
    controller = uid;
    replaceOwnPod();
  }

  /// As if whoever started the pod had mounted a Secret into it.
  ///
  /// @param secret empty: no more
  void ownKeys(String secret) {
    keys = secret;
    replaceOwnPod();
  }

  private void replaceOwnPod() {
    Resource<Pod> own = sandbox.client().pods().inNamespace(NAMESPACE).withName(OWN_POD);
    own.delete();
    Sandbox.awaitGone(own, Duration.ofSeconds(30));
    sandbox.client().resource(ownPod()).create();
  }

  /// The command lines with which one of them was started.
  List<String> starts(String command) throws IOException {
    Path file = state.resolve(command);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private Pod ownPod() {
    Map<String, String> variables = new TreeMap<>(bucket());
    variables.putAll(script);
    variables.put("INSTANCE", "shop");
    variables.put("RESTORE_POD", OWN_POD);
    variables.put("STATE", state.toString());
    variables.put("DATABASE", "127.0.0.1");
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(OWN_POD)
        .withOwnerReferences(
            controller.isEmpty()
                ? List.of()
                : List.of(
                    new OwnerReferenceBuilder()
                        .withApiVersion("batch/v1")
                        .withKind("Task") // pods of a Job that is not there are deleted
                        .withName("pitr-now")
                        .withUid(controller)
                        .withController(true)
                        .build()))
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("restore-job")
        .withImage(image)
        .withEnv(
            variables.entrySet().stream()
                .map(one -> new EnvVar(one.getKey(), one.getValue(), null))
                .toList())
        .withVolumeMounts(
            keys.isEmpty()
                ? List.of()
                : List.of(
                    new VolumeMountBuilder()
                        .withName("given")
                        .withMountPath("/etc/mysql/given")
                        .build()))
        .endContainer()
        .withVolumes(
            keys.isEmpty()
                ? List.of()
                : List.of(
                    new VolumeBuilder()
                        .withName("given")
                        .withNewSecret()
                        .withSecretName(keys)
                        .endSecret()
                        .build()))
        .endSpec()
        .build();
  }

  private Map<String, String> bucket() {
    return Map.of(
        "S3_BUCKET",
        S3Server.BUCKET,
        "S3_ENDPOINT",
        s3.endpoint().toString(),
        "S3_PATH_STYLE",
        "true",
        "AWS_REGION",
        S3Server.REGION,
        "AWS_ACCESS_KEY_ID",
        s3.accessKey(),
        "AWS_SECRET_ACCESS_KEY",
        s3.secretKey());
  }

  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(bucket());
    environment.put("INSTANCE", "shop");
    environment.put("NAMESPACE", NAMESPACE);
    environment.put("RESTORE_POD", OWN_POD);
    environment.put("KUBECONFIG", sandbox.kubeconfig().toString());
    return environment;
  }

  void archive() {
    Map<String, String> environment = environment();
    environment.put("MARIADB_HOST", pod.address());
    environment.put("MARIADB_PORT", Integer.toString(pod.server().port()));
    environment.put("MARIADB_USER", "archiver");
    environment.put("MARIADB_PASSWORD", "s3cret");
    Ended ended = run(new ArchiverProgram(), environment, List.of("archive"), new StopSignal());
    assertThat(ended.exit()).as(ended.err()).isZero();
  }

  /// Runs restore-job in this JVM.
  Ended restoreJob(String... command) {
    return restoreJob(Map.of(), new StopSignal(), command);
  }

  Ended restoreJob(Map<String, String> more, StopSignal stop, String... command) {
    Map<String, String> environment = environment();
    environment.putAll(more);
    return run(new RestoreProgram(), environment, List.of(command), stop);
  }

  private static Ended run(
      JobProgram program, Map<String, String> environment, List<String> args, StopSignal stop) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        JobMain.run(
            program,
            args.toArray(String[]::new),
            environment,
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            InstantSource.system(),
            stop);
    return new Ended(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  Ended restoreJob(String command, List<String> target, String... more) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(target);
    all.addAll(List.of(more));
    return restoreJob(all.toArray(String[]::new));
  }

  /// What was asked of the API that changes something, apart from what the tests have asked.
  List<ApiRequest> writes() {
    return sandbox.requests().stream()
        .filter(request -> Set.of("POST", "PUT", "PATCH", "DELETE").contains(request.verb()))
        .filter(request -> !request.userAgent().equals("sandbox-client"))
        .toList();
  }

  @Nullable Job job(String name) {
    return sandbox.client().batch().v1().jobs().inNamespace(NAMESPACE).withName(name).get();
  }

  String awaitPodOfJob(String job) {
    sandbox
        .client()
        .batch()
        .v1()
        .jobs()
        .inNamespace(NAMESPACE)
        .withName(job)
        .waitUntilCondition(Objects::nonNull, 60, TimeUnit.SECONDS);
    return sandbox.awaitPodOfJob(NAMESPACE, job).getMetadata().getName();
  }

  void awaitStarts(String command, int count) throws Exception {
    for (int i = 0; starts(command).size() < count; i++) {
      assertThat(i).as("starts of " + command).isLessThan(600);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /// Starts it as the image does.
  JobProcess start(String... command) {
    Map<String, String> environment = environment();
    environment.remove("KUBECONFIG");
    return sandbox.startJob(JobProcess.Spec.of(Main.class.getName(), command).withEnv(environment));
  }

  /// Cuts a snapshot and records it in the catalogue.
  CatalogueEntry snapshot(String name) throws Exception {
    return snapshot(name, Map.of());
  }

  /// @param other annotations that are to be other than they would be; empty: without them
  CatalogueEntry snapshot(String name, Map<String, String> other) throws Exception {
    CatalogueEntry entry = new ShopSnapshots(this).cut(name, other);
    catalogue(entry);
    return entry;
  }

  void catalogue(CatalogueEntry entry) {
    ObjectKey key =
        new ObjectKey(new ArchiveKeys("", "shop").key(new SnapshotEntry(entry.snapshot().name())));
    store.putIfAbsent(key, entry.json(), WriteOptions.JSON);
  }

  io.fabric8.kubernetes.client.dsl.NonNamespaceOperation<
          GenericKubernetesResource,
          io.fabric8.kubernetes.api.model.GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      snapshots() {
    return sandbox
        .client()
        .genericKubernetesResources("snapshot.storage.k8s.io/v1", "VolumeSnapshot")
        .inNamespace(NAMESPACE);
  }

  @Nullable PersistentVolumeClaim claim(String name) {
    return sandbox.client().persistentVolumeClaims().inNamespace(NAMESPACE).withName(name).get();
  }

  /// Fails if there is none.
  Map<String, String> labels(String claim) {
    return Objects.requireNonNull(claim(claim), claim).getMetadata().getLabels();
  }

  Map<String, String> annotations(String claim) {
    return Objects.requireNonNull(claim(claim), claim).getMetadata().getAnnotations();
  }

  /// The keys in a folder of the bucket.
  List<String> objects(String folder) {
    List<String> keys = new ArrayList<>();
    try (var all = store.list(folder)) {
      all.forEach(object -> keys.add(object.key().value()));
    }
    return keys;
  }

  /// Puts something else in the place of what the archive has of a log.
  void damage(String folder, String log) {
    List<String> keys =
        objects(folder).stream()
            .filter(key -> key.contains("/" + log) && key.endsWith(".zst"))
            .toList();
    assertThat(keys).isNotEmpty();
    for (String key : keys) {
      store.delete(new ObjectKey(key));
      store.putIfAbsent(new ObjectKey(key), "noise".getBytes(UTF_8), WriteOptions.BINARY);
    }
  }

  @Override
  public void close() {
    store.close();
    sandbox.close();
    try {
      s3.close();
    } catch (Exception e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
