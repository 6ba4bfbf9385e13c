package dev.snapshotjobs.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.snapshotjobs.manifests.CustomObjects.VolumeSnapshotClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each file of `manifests/`, held to the rules; needs nothing but the files.
class ManifestsTest {
  private static final Path DIRECTORY = Path.of("../manifests");

  @TempDir private Path directory;

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(DIRECTORY)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void isWhatTheApiKnows(Path file) throws IOException {
    ParsedObjects objects = ParsedObjects.ofFile(file);
    Path password = Files.writeString(directory.resolve("password"), "secret");

    assertThat(objects.all()).isNotEmpty();
    assertThat(objects.all()).allMatch(parsed -> parsed.metadata().getNamespace() == null);
    for (Workload workload : Workload.in(objects)) {
      assertThat(WorkloadRules.findings(workload, System.getProperty("project.version", "")))
          .isEmpty();
      assertThat(PodSecurityRules.findings(workload.pod())).isEmpty();
      assertThat(SettingsRules.findings(workload, password)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"aws", "gcp", "azure"})
  void hasTheClassThatAComponentNames(String cloud) throws IOException {
    VolumeSnapshotClass snapshotClass =
        ParsedObjects.ofFile(DIRECTORY.resolve("volumesnapshotclass-" + cloud + ".yaml"))
            .of(VolumeSnapshotClass.class)
            .findFirst()
            .orElseThrow();
    Map<String, String> parameters =
        Objects.requireNonNullElse(snapshotClass.parameters(), Map.of());

    assertThat(SnapshotClassParameters.findings(snapshotClass.driver(), parameters)).isEmpty();
    assertThat(snapshotClass.deletionPolicy()).isEqualTo("Retain");
    assertThat(Path.of("../kustomize/components", cloud, "kustomization.yaml"))
        .content()
        .contains("VOLUME_SNAPSHOT_CLASS=" + snapshotClass.metadata().getName());
  }

  /// Found in scripts that are in use, and refused by the drivers.
  @ParameterizedTest
  @CsvSource({
    "ebs.csi.aws.com, type, gp3",
    "ebs.csi.aws.com, encrypted, true",
    "ebs.csi.aws.com, lockMode, strict",
    "pd.csi.storage.gke.io, snapshot-type, pd-standard",
    "pd.csi.storage.gke.io, storage-locations, 'us,eu'",
    "disk.csi.azure.com, skuName, Standard_LRS",
    "disk.csi.azure.com, incremental, yes"
  })
  void knowsWhatDriversRefuse(String driver, String parameter, String value) {
    assertThat(SnapshotClassParameters.findings(driver, Map.of(parameter, value))).hasSize(1);
  }

  @Test
  void refusesAFieldThatTheApiDoesNotKnow() {
    String yaml =
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: mariadb-snapshot
        automountServiceAcountToken: false
        """;

    assertThat(catchThrowable(() -> ParsedObjects.of(yaml)))
        .hasMessageContaining("automountServiceAcountToken");
  }
}
