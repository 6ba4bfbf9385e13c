package dev.snapshotjobs.e2e;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

/// A cluster of one node with CSI snapshots, and the programs that work on it.
final class KindCluster implements AutoCloseable {
  private static final String NAME = "mariadb-snapshot-jobs-e2e";
  private static final String NODE = NAME + "-control-plane";
  private static final Path RESOURCES = Path.of("cluster").toAbsolutePath();

  /// From the local store where they are there, else pulled; then loaded into the node.
  private static final List<String> IMAGES =
      List.of(
          "mariadb:11.8",
          "versity/versitygw:v1.8.0",
          "registry.k8s.io/sig-storage/hostpathplugin:v1.17.0",
          "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.15.0",
          "registry.k8s.io/sig-storage/csi-provisioner:v6.3.0",
          "registry.k8s.io/sig-storage/csi-snapshotter:v8.7.0",
          "registry.k8s.io/sig-storage/snapshot-controller:v8.7.0");

  private final Program program;
  private final Path kubeconfig;
  private final KubernetesClient client;

  private KindCluster(Program program, Path kubeconfig) {
    this.program = program;
    this.kubeconfig = kubeconfig;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
  }

  /// Makes it, or takes the one that `-De2e.keep=true` left behind.
  static KindCluster start() throws IOException {
    Path directory = Files.createDirectories(Path.of("target/cluster").toAbsolutePath());
    Path kubeconfig = directory.resolve("kubeconfig");
    Program program = new Program(Map.of("KUBECONFIG", kubeconfig.toString()));
    boolean kept = program.run("kind", "get", "clusters").lines().anyMatch(NAME::equals);
    if (kept && keep()) {
      program.run("kind", "export", "kubeconfig", "--name", NAME);
      return new KindCluster(program, kubeconfig);
    }
    program.run("kind", "delete", "cluster", "--name", NAME);
    String config =
        Files.readString(RESOURCES.resolve("kind.yaml"))
            .replace("AUDIT_POLICY", RESOURCES.resolve("audit-policy.yaml").toString());
    program.runWith(
        config, "kind", "create", "cluster", "--name", NAME, "--wait", "3m", "--config", "-");
    KindCluster cluster = new KindCluster(program, kubeconfig);
    cluster.addSnapshots();
    return cluster;
  }

  private static boolean keep() {
    return Boolean.getBoolean("e2e.keep");
  }

  private void addSnapshots() {
    IMAGES.forEach(image -> image(image).get());
    program.run(concat(List.of("kind", "load", "docker-image", "--name", NAME), IMAGES));
    apply("crds");
    kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all");
    apply("snapshot-controller.yaml");
    apply("csi-hostpath.yaml");
    apply("classes.yaml");
    kubectl("rollout", "status", "-n", "kube-system", "deployment/snapshot-controller");
    kubectl("rollout", "status", "-n", "csi-hostpath", "statefulset/csi-hostpathplugin");
    kubectl("rollout", "status", "-n", "kube-system", "deployment/coredns");
  }

  private static RemoteDockerImage image(String name) {
    return new RemoteDockerImage(DockerImageName.parse(name));
  }

  private void apply(String resource) {
    kubectl("apply", "-f", RESOURCES.resolve(resource).toString());
  }

  private static String[] concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toArray(String[]::new);
  }

  /// Puts the image that `-Pe2e` made of a job into the node.
  void loadImageOf(String job) {
    program.run("kind", "load", "image-archive", "--name", NAME, job + "/target/jib-image.tar");
  }

  KubernetesClient client() {
    return client;
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  String kubectl(String... arguments) {
    return kubectlWith("", arguments);
  }

  String kubectlWith(String input, String... arguments) {
    return program.runWith(input, concat(List.of("kubectl"), Arrays.asList(arguments)));
  }

  /// Runs commands as somebody types them who follows a page of ours.
  String bash(String script) {
    return program.run("bash", "-euo", "pipefail", "-c", script);
  }

  /// The port of this machine that leads to a port of the node.
  int publishedPort(int nodePort) {
    String address =
        program.run("docker", "port", NODE, nodePort + "/tcp").lines().findFirst().orElseThrow();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /// What the jobs' accounts asked of the API so far, one JSON object per line.
  List<String> auditLog() {
    return program
        .run("docker", "exec", NODE, "cat", "/var/log/kubernetes/audit.log")
        .lines()
        .toList();
  }

  @Override
  public void close() {
    client.close();
    if (!keep()) {
      program.run("kind", "delete", "cluster", "--name", NAME);
    }
  }
}
