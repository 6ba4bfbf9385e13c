package dev.snapshotjobs.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The namespace `shop` with its database and the overlay `kind`, put there by the commands of
/// docs/how-to/install.md.
final class Shop {
  static final String NAMESPACE = "shop";
  private static final String INSTALL = "docs/how-to/install.md";
  static final String BUCKET = "archive";
  private static final Path RESOURCES = Path.of("shop").toAbsolutePath();
  private static final Path MANIFESTS = Path.of("..", "manifests");
  private static final int MINUTES = 3;
  private static final int DATABASE = 30306;
  private static final int RESTORED = 30307;
  private static final int STORE = 30308;

  private static final String PROBE =
      """
      apiVersion: snapshot.storage.k8s.io/v1
      kind: VolumeSnapshot
      metadata:
        name: probe
      spec:
        volumeSnapshotClassName: cannot-snapshot
        source:
          persistentVolumeClaimName: data-mariadb-0
      """;

  private final KindCluster cluster;
  private final boolean storageObeys;

  private Shop(KindCluster cluster) {
    this.cluster = cluster;
    this.storageObeys = probe();
  }

  /// From nothing to the first Job, which the page calls `first`.
  static Shop install(KindCluster cluster) throws IOException, InterruptedException, SQLException {
    cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found");
    cluster.loadImageOf("binlog-archiver");
    cluster.loadImageOf("restore-job");
    cluster.loadImageOf("snapshot-job");
    Page page = Page.of(INSTALL);
    cluster.bash(page.commands("A database to try it on"));
    String labelled =
        cluster.bash(
            "kubectl label namespace shop pod-security.kubernetes.io/enforce=restricted 2>&1");
    if (labelled.contains("Warning")) {
      throw new AssertionError(labelled);
    }
    cluster.kubectl("apply", "-n", NAMESPACE, "-f", RESOURCES.resolve("ports.yaml").toString());
    cluster.bash(page.commands("A bucket to try it on"));
    cluster.bash(page.commands("Five commands"));
    suspendSchedules(cluster);
    cluster.bash(page.commands("What is to be seen"));
    Shop shop = new Shop(cluster);
    awaitReachable(shop.jdbcUrl());
    return shop;
  }

  /// Each quarter of an hour, and at two at night, a run would come between those that tests start.
  private static void suspendSchedules(KindCluster cluster) {
    for (String cronJob : List.of("mariadb-binlog-archiver", "mariadb-snapshot")) {
      cluster.kubectl(
          "patch", "cronjob", cronJob, "-n", NAMESPACE, "--patch={\"spec\":{\"suspend\":true}}");
    }
    cluster.kubectl(
        "delete", "job", "-n", NAMESPACE, "--selector=app.kubernetes.io/name=binlog-archiver");
  }

  /// Makes the server encrypt, with keys that nobody else has: by a file of settings, and by two
  /// Secrets that its StatefulSet mounts.
  void encrypt() throws InterruptedException, SQLException {
    cluster.bash("bash e2e/shop/make-keys.sh");
    cluster.kubectl(
        "create",
        "configmap",
        "mariadb-encryption",
        "-n",
        NAMESPACE,
        "--from-file=" + RESOURCES.resolve("encryption.cnf"));
    cluster.kubectl(
        "patch",
        "statefulset",
        "mariadb",
        "-n",
        NAMESPACE,
        "--patch-file=" + RESOURCES.resolve("encrypted.yaml"));
    cluster.kubectl("rollout", "status", "-n", NAMESPACE, "statefulset/mariadb", "--timeout=3m");
    awaitReachable(jdbcUrl());
  }

  /// On to the first Job of binlog-archiver, which the page calls `first-archive`.
  Archive archive() throws IOException {
    Page page = Page.of(INSTALL);
    cluster.bash(page.commands("Archive the binary log"));
    return new Archive(cluster);
  }

  /// On to the first Job of restore-job, which the page calls `first-plan`.
  void beReadyToAsk() throws IOException {
    cluster.bash(Page.of(INSTALL).commands("Be ready to ask"));
  }

  /// Takes away what the page says, when all that it installs is no longer wanted.
  void remove() throws IOException {
    cluster.bash(Page.of(INSTALL).commands("Remove"));
  }

  /// Where the bucket is, for the tests.
  URI storeEndpoint() {
    return URI.create("http://127.0.0.1:" + cluster.publishedPort(STORE));
  }

  /// One of the two keys of the store's owner.
  String storeKey(String name) {
    return secret("mariadb-archive-bucket", name);
  }

  /// Makes an account of the store, by the store's own means, that may do what a policy says which
  /// is shipped for AWS, and puts its keys into a Secret. A bucket has one policy: the last counts.
  ///
  /// @param policy a file in `manifests`
  void makeAccount(String name, String policy, String secret) throws IOException {
    String key = name + "-and-no-more";
    cluster.bash(
        "kubectl exec -n shop deploy/versitygw -- versitygw admin --access=%s --secret=%s"
                .formatted(storeKey("AWS_ACCESS_KEY_ID"), storeKey("AWS_SECRET_ACCESS_KEY"))
            + " --endpoint-url=http://127.0.0.1:7070"
            + " create-user --access=%s --secret=%s --role=user".formatted(name, key));
    String text =
        Files.readString(MANIFESTS.resolve(policy)).replace("example-mariadb-archive", BUCKET);
    JsonNode shipped = JsonMapper.shared().readTree(text);
    for (JsonNode statement : shipped.get("Statement")) {
      ((ObjectNode) statement).putObject("Principal").putArray("AWS").add(name);
    }
    try (S3Client store = store(storeKey("AWS_ACCESS_KEY_ID"), storeKey("AWS_SECRET_ACCESS_KEY"))) {
      store.putBucketPolicy(request -> request.bucket(BUCKET).policy(shipped.toString()));
    }
    cluster.bash(
        "kubectl create secret generic %s -n shop --dry-run=client -o yaml".formatted(secret)
            + " --from-literal=AWS_ACCESS_KEY_ID=%s --from-literal=AWS_SECRET_ACCESS_KEY=%s"
                .formatted(name, key)
            + " | kubectl apply -f -");
  }

  /// The store, as the account sees it whose keys lie in a Secret.
  S3Client storeOf(String secret) {
    return store(secret(secret, "AWS_ACCESS_KEY_ID"), secret(secret, "AWS_SECRET_ACCESS_KEY"));
  }

  private S3Client store(String accessKey, String secretKey) {
    return S3Client.builder()
        .endpointOverride(storeEndpoint())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  /// The catalogue entry of a snapshot, as it lies in the bucket.
  JsonNode catalogueEntry(String snapshot) {
    return JsonMapper.shared()
        .readTree(
            cluster.kubectl(
                "exec",
                "-n",
                NAMESPACE,
                "deploy/versitygw",
                "--",
                "cat",
                "/buckets/archive/shop/catalog/" + snapshot + ".json"));
  }

  KubernetesClient client() {
    return cluster.client();
  }

  String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  String restoredJdbcUrl() {
    return jdbcUrl(RESTORED);
  }

  private String jdbcUrl(int port) {
    return "jdbc:mariadb://127.0.0.1:%d/?user=root&password=%s"
        .formatted(cluster.publishedPort(port), rootPassword());
  }

  private String rootPassword() {
    return secret("mariadb-root", "password");
  }

  /// What a Secret has under a key.
  String secret(String name, String key) {
    String encoded =
        client().secrets().inNamespace(NAMESPACE).withName(name).get().getData().get(key);
    return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  String ask(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(query)) {
      answer.next();
      return answer.getString(1);
    }
  }

  /// The same with what stands for no answer.
  String ask(String query, String none) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(query)) {
      return answer.next() ? answer.getString(1) : none;
    }
  }

  /// Starts a server on a volume that is made from a VolumeSnapshot, by plain YAML.
  void restore(String snapshot) throws IOException, InterruptedException, SQLException {
    String yaml =
        Files.readString(RESOURCES.resolve("restored.yaml")).replace("SNAPSHOT", snapshot);
    cluster.kubectlWith(yaml, "apply", "-n", NAMESPACE, "-f", "-");
    cluster.kubectl(
        "wait", "-n", NAMESPACE, "pod/restored", "--for=condition=Ready", "--timeout=3m");
    awaitReachable(restoredJdbcUrl());
  }

  /// The node's port leads to a pod a moment after it is ready, and nothing tells when.
  private static void awaitReachable(String jdbcUrl) throws InterruptedException, SQLException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (true) {
      try (Connection _ = DriverManager.getConnection(jdbcUrl)) {
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  void removeRestored() {
    cluster.kubectl(
        "delete", "-n", NAMESPACE, "pod/restored", "pvc/restored", "--ignore-not-found");
  }

  List<GenericKubernetesResource> snapshots() {
    return client()
        .genericKubernetesResources(kind("VolumeSnapshot", true))
        .inNamespace(NAMESPACE)
        .list()
        .getItems();
  }

  Optional<GenericKubernetesResource> snapshot(String name) {
    return snapshots().stream()
        .filter(found -> found.getMetadata().getName().equals(name))
        .findFirst();
  }

  /// Contents belong to no namespace; here all of them are the shop's.
  List<GenericKubernetesResource> contents() {
    return client()
        .genericKubernetesResources(kind("VolumeSnapshotContent", false))
        .list()
        .getItems();
  }

  /// Waits until the VolumeSnapshots of the shop are as they should be, and returns them.
  List<GenericKubernetesResource> awaitSnapshots(
      Predicate<List<GenericKubernetesResource>> condition) {
    return client()
        .genericKubernetesResources(kind("VolumeSnapshot", true))
        .inNamespace(NAMESPACE)
        .informOnCondition(condition)
        .orTimeout(MINUTES, TimeUnit.MINUTES)
        .join();
  }

  List<GenericKubernetesResource> awaitContents(
      Predicate<List<GenericKubernetesResource>> condition) {
    return client()
        .genericKubernetesResources(kind("VolumeSnapshotContent", false))
        .informOnCondition(condition)
        .orTimeout(MINUTES, TimeUnit.MINUTES)
        .join();
  }

  /// Some classes make the storage slow or fail, by parameters that not every build of the driver
  /// knows; one that ignores them makes a good snapshot.
  void assumeStorageObeys() {
    if (!storageObeys) {
      Prerequisites.skip("the CSI driver does not know the parameters of e2e/cluster/classes.yaml");
    }
  }

  private boolean probe() {
    cluster.kubectlWith(PROBE, "apply", "-n", NAMESPACE, "-f", "-");
    boolean obeys =
        awaitSnapshots(all -> all.stream().anyMatch(Shop::isAnsweredProbe)).stream()
            .filter(Shop::isAnsweredProbe)
            .anyMatch(probe -> probe.get("status", "error") != null);
    cluster.kubectl("delete", "volumesnapshot", "-n", NAMESPACE, "probe");
    awaitContents(
        all ->
            all.stream()
                .noneMatch(
                    content -> "probe".equals(content.get("spec", "volumeSnapshotRef", "name"))));
    return obeys;
  }

  private static boolean isAnsweredProbe(GenericKubernetesResource snapshot) {
    return snapshot.getMetadata().getName().equals("probe")
        && (snapshot.get("status", "error") != null
            || Boolean.TRUE.equals(snapshot.get("status", "readyToUse")));
  }

  static String label(GenericKubernetesResource resource, String name) {
    Map<String, String> labels = resource.getMetadata().getLabels();
    return labels == null ? "" : labels.getOrDefault("mariadb-snapshot-jobs/" + name, "");
  }

  private static ResourceDefinitionContext kind(String kind, boolean namespaced) {
    return new ResourceDefinitionContext.Builder()
        .withGroup("snapshot.storage.k8s.io")
        .withVersion("v1")
        .withKind(kind)
        .withNamespaced(namespaced)
        .build();
  }
}
