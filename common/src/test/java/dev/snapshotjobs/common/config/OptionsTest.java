package dev.snapshotjobs.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

class OptionsTest {

  @TempDir Path directory = Path.of("");

  @Command
  static final class InCluster {
    @Mixin KubernetesOptions kubernetes;
    @Mixin PodOptions pod = new PodOptions();
    @Mixin OutputOption output = new OutputOption();
    @Mixin CommonOptions common = new CommonOptions(Duration.ofMinutes(5));

    InCluster(Path ownNamespace) {
      kubernetes = new KubernetesOptions(ownNamespace);
    }
  }

  private static Problems read(InCluster command, Map<String, String> env, String... args) {
    return Configuration.read(command, args, new Environment(env)).problems();
  }

  @Test
  void takesTheNamespaceOfItsServiceAccount() throws IOException {
    InCluster command = new InCluster(Files.writeString(directory.resolve("ns"), "shop\n"));
    assertThat(read(command, Map.of("INSTANCE", "a")).all()).isEmpty();
    assertThat(command.kubernetes.namespace()).isEqualTo("shop");
    assertThat(command.output.output()).isEqualTo(OutputFormat.TABLE);
  }

  @Test
  void requiresANamespaceOutsideACluster() {
    InCluster command = new InCluster(directory.resolve("none"));
    assertThat(read(command, Map.of("INSTANCE", "a")).toString())
        .startsWith("--namespace (NAMESPACE): is required outside a cluster");
  }

  @Test
  void takesWhatIsGiven() {
    InCluster command = new InCluster(directory.resolve("none"));
    Map<String, String> env =
        Map.of("INSTANCE", "a", "NAMESPACE", "db", "STATEFULSET", "shop", "OUTPUT", "json");
    assertThat(read(command, env, "--pod-name", "shop-1").all()).isEmpty();
    assertThat(command.kubernetes.namespace()).isEqualTo("db");
    assertThat(command.pod.statefulSet()).contains("shop");
    assertThat(command.pod.podName()).contains("shop-1");
    assertThat(command.pod.pvcName()).isEmpty();
    assertThat(command.output.output()).isEqualTo(OutputFormat.JSON);
  }

  @Test
  void refusesADeadlineOfNothing() {
    InCluster command = new InCluster(directory.resolve("none"));
    assertThat(
            read(command, Map.of("INSTANCE", "a", "NAMESPACE", "db", "DEADLINE", "0s")).toString())
        .startsWith("--deadline (DEADLINE): '0s'");
  }

  @Command
  static final class Careless {
    @Option(names = "--token")
    Secret token = Secret.of("x");
  }

  @Test
  void refusesToDeclareASecretAsAnOptionForItsValue() {
    assertThatThrownBy(
            () -> Configuration.read(new Careless(), new String[0], new Environment(Map.of())))
        .hasMessageContaining("ends with -file: --token");
  }
}
