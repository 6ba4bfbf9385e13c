package dev.snapshotjobs.snapshot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Which way the arrows point.
class ArchitectureTest {
  private final JavaClasses job =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.snapshotjobs.snapshot");

  @Test
  void dependsOnCommonAndOnNoOtherModuleOfOurs() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("dev.snapshotjobs..")
        .orShould()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.snapshotjobs.snapshot..",
            "dev.snapshotjobs.common..",
            "java..",
            "org.slf4j..",
            "org.jspecify..",
            "picocli..",
            "tools.jackson..")
        .check(job);
  }

  @Test
  void decidesWithoutKubernetesAndWithoutTheDatabase() {
    noClasses()
        .that()
        .haveNameMatching(
            ".*\\.(Preflight|VolumePreflight|SnapshotPlanner|SnapshotName|Verdict|PodChoice|ClassChoice|CataloguePlan|CatalogueEntries)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "java.net..", "org.slf4j..", "io.fabric8..")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("VolumeSnapshots")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("Cluster")
        .check(job);
  }

  @Test
  void isGivenTheTimeAndDoesNotSleep() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", Duration.class)
        .check(job);
  }
}
