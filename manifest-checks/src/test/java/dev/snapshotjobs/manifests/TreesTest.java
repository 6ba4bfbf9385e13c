package dev.snapshotjobs.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each tree of `kustomize/`, built and held to the rules.
class TreesTest {
  /// Replaced by better means, or never a good idea.
  private static final Pattern SUPERSEDED =
      Pattern.compile(
          "(?m)^(commonLabels|vars|bases|patchesStrategicMerge|patchesJson6902|namePrefix)\\b"
              + "|\\$patch|disableNameSuffixHash|secretGenerator|\\$\\{");

  private static final List<String> PLACE =
      List.of("INSTANCE", "S3_BUCKET", "S3_PREFIX", "S3_ENDPOINT", "AWS_REGION");

  @TempDir private Path directory;

  static List<Path> trees() throws IOException {
    return Kustomize.trees();
  }

  static List<Path> overlays() throws IOException {
    return Kustomize.overlays();
  }

  static List<Path> components() throws IOException {
    return Kustomize.components();
  }

  static List<Path> kustomizations() throws IOException {
    return Kustomize.kustomizations();
  }

  @ParameterizedTest
  @MethodSource("trees")
  void buildsToObjectsThatTheApiKnows(Path tree) {
    ParsedObjects objects = Kustomize.build(tree);

    assertThat(objects.all()).isNotEmpty();
    assertThat(TreeRules.findings(objects)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("trees")
  void startsJobsAsTheyHaveToBe(Path tree) {
    for (Workload workload : Workload.in(Kustomize.build(tree))) {
      assertThat(WorkloadRules.findings(workload, System.getProperty("project.version", "")))
          .as(workload.name())
          .isEmpty();
      assertThat(PodSecurityRules.findings(workload.pod())).as(workload.name()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void setsWhatTheJobTakes(Path overlay) throws IOException {
    Path password = Files.writeString(directory.resolve("password"), "secret");
    List<Workload> workloads = Workload.in(Kustomize.build(overlay));

    assertThat(workloads).isNotEmpty();
    for (Workload workload : workloads) {
      assertThat(SettingsRules.findings(workload, password)).as(workload.name()).isEmpty();
    }
  }

  @Test
  void leavesWhatADatabaseIsToldApartByToTheOverlay() throws IOException {
    Path password = Files.writeString(directory.resolve("password"), "secret");
    for (Workload workload : Workload.in(Kustomize.build(Path.of("../kustomize/base")))) {
      assertThat(SettingsRules.findings(workload, password))
          .isNotEmpty()
          .allSatisfy(
              finding ->
                  assertThat(finding)
                      .matches("the job says: .*(INSTANCE|S3_BUCKET)\\): is required.*"));
    }
  }

  /// By itself, since not each of them is in an overlay.
  @ParameterizedTest
  @MethodSource("components")
  void addsAComponentToTheBase(Path component) throws IOException {
    ParsedObjects objects = Kustomize.build(Kustomize.baseWith(component));

    assertThat(TreeRules.findings(objects)).isEmpty();
    List<Workload> workloads = Workload.in(objects);
    assertThat(workloads).hasSize(ShippedJob.images());
    for (Workload workload : workloads) {
      assertThat(WorkloadRules.findings(workload, System.getProperty("project.version", "")))
          .as(workload.name())
          .isEmpty();
      assertThat(PodSecurityRules.findings(workload.pod())).as(workload.name()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"aws, mariadb-ebs", "gcp, mariadb-pd", "azure, mariadb-disk"})
  void namesTheClassOfACloud(String cloud, String snapshotClass) throws IOException {
    Path component = Path.of("../kustomize/components", cloud);
    Workload snapshot =
        Workload.in(Kustomize.build(Kustomize.baseWith(component))).stream()
            .filter(workload -> ShippedJob.in(workload) == ShippedJob.SNAPSHOT)
            .findFirst()
            .orElseThrow();

    assertThat(snapshot.settings()).containsEntry("VOLUME_SNAPSHOT_CLASS", snapshotClass);
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void bindsAClusterRoleThatExists(Path overlay) {
    Set<String> roles =
        Kustomize.build(Path.of("../kustomize/cluster"))
            .of(ClusterRole.class)
            .map(role -> role.getMetadata().getName())
            .collect(Collectors.toSet());
    ParsedObjects objects = Kustomize.build(overlay);

    assertThat(objects.of(ClusterRoleBinding.class))
        .isNotEmpty()
        .allMatch(binding -> roles.contains(binding.getRoleRef().getName()));
    assertThat(TreeRules.labelFindings(objects)).isEmpty();
  }

  /// A restore looks for the catalogue of a database and for its logs in one place.
  @ParameterizedTest
  @MethodSource("overlays")
  void keepsTheCatalogueAndTheLogsOfADatabaseInOnePlace(Path overlay) {
    List<Workload> workloads = Workload.in(Kustomize.build(overlay));

    assertThat(workloads).hasSize(ShippedJob.images());
    for (String variable : PLACE) {
      assertThat(workloads)
          .as(variable)
          .extracting(workload -> workload.settings().getOrDefault(variable, ""))
          .containsOnly(workloads.getFirst().settings().getOrDefault(variable, ""));
    }
    assertThat(workloads.getFirst().settings()).containsKey("S3_BUCKET");
  }

  /// Staging, production and a second database beside production's, all in one cluster.
  @Test
  void letsSeveralDatabasesLiveInOneCluster() throws IOException {
    Set<String> ids = new HashSet<>();
    for (Path overlay : Kustomize.overlays()) {
      for (ParsedObjects.Parsed parsed : Kustomize.build(overlay).all()) {
        assertThat(ids.add(parsed.id())).as("%s of %s", parsed.id(), overlay).isTrue();
      }
    }
    long inProduction = ids.stream().filter(id -> id.contains(" shop-production/")).count();
    assertThat(inProduction).as("objects of two databases in one namespace").isGreaterThan(10);
  }

  @ParameterizedTest
  @MethodSource("kustomizations")
  void usesNothingSuperseded(Path kustomization) throws IOException {
    String text = Files.readString(kustomization);

    assertThat(SUPERSEDED.matcher(text).results().map(found -> found.group())).isEmpty();
    assertThat(text).as("a sentence that says what it is for, on top").startsWith("#");
  }
}
