package dev.snapshotjobs.restore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// What decides on a restore does nothing, and nothing looks at a clock of its own.
class RestoreArchitectureTest {
  private final JavaClasses job =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.snapshotjobs.restore");

  @Test
  void draftsAndVerdictsAskNoCluster() {
    noClasses()
        .that()
        .haveNameMatching(
            ".*\\.(Restore|RestoreJobDraft|ClaimDraft|ServingDraft|ServerImage|SourcePod|SourceSet|PodSecurity|OwnPod|JobState|ContainerEnd)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .haveSimpleName("Cluster")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("RestoreObjects")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("KubernetesClient")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("Run")
        .check(job);
  }

  @Test
  void isGivenTheTime() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .check(job);
  }
}
