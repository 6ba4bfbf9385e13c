package dev.snapshotjobs.common;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Which way the arrows point in common, and out of it.
class ArchitectureTest {
  private final JavaClasses common =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.snapshotjobs.common");

  @Test
  void knowsNoJobAndNoSandbox() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.snapshotjobs.snapshot..",
            "dev.snapshotjobs.archiver..",
            "dev.snapshotjobs.retention..",
            "dev.snapshotjobs.restore..",
            "dev.snapshotjobs.replicator..",
            "dev.snapshotjobs.sandbox..",
            "dev.snapshotjobs.demo..")
        .check(common);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.snapshotjobs.common.(*)..").should().beFreeOfCycles().check(common);
  }

  @Test
  void keepsFabric8InOnePackage() {
    classes()
        .that()
        .resideOutsideOfPackage("dev.snapshotjobs.common.kube..")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("io.fabric8..")
        .check(common);
  }

  @Test
  void keepsTheDriverInOnePackage() {
    classes()
        .that()
        .resideOutsideOfPackage("dev.snapshotjobs.common.mariadb..")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("org.mariadb..")
        .check(common);
  }

  @Test
  void readsBinaryLogsWithNothingButTheJdk() {
    classes()
        .that()
        .resideInAPackage("dev.snapshotjobs.common.binlog..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.snapshotjobs.common.binlog..", "java..", "org.jspecify..")
        .check(common);
  }

  @Test
  void keepsTheAwsSdkInOnePackage() {
    classes()
        .that()
        .resideOutsideOfPackage("dev.snapshotjobs.common.objects..")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("software.amazon..")
        .check(common);
  }

  @Test
  void knowsNoBucketInTheFormatOfTheArchive() {
    classes()
        .that()
        .resideInAPackage("dev.snapshotjobs.common.archive..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.snapshotjobs.common.archive..",
            "dev.snapshotjobs.common.binlog..",
            "dev.snapshotjobs.common.snapshot..",
            "com.github.luben.zstd..",
            "java..",
            "org.jspecify..",
            "tools.jackson..")
        .check(common);
  }

  @Test
  void compressesInOnePackage() {
    classes()
        .that()
        .resideOutsideOfPackage("dev.snapshotjobs.common.archive..")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("com.github.luben.zstd..")
        .check(common);
  }
}
