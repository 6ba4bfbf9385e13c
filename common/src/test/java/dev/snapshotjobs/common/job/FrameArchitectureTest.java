package dev.snapshotjobs.common.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Arrows between the packages of the frame, and what only its outermost class may do.
class FrameArchitectureTest {

  private final JavaClasses frame =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(
              "dev.snapshotjobs.common.config",
              "dev.snapshotjobs.common.report",
              "dev.snapshotjobs.common.job");

  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.snapshotjobs.common.(*)..").should().beFreeOfCycles().check(frame);
  }

  @Test
  void settingsAndReportsKnowNothingOfTheFrame() {
    noClasses()
        .that()
        .resideInAnyPackage("..config..", "..report..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..job..")
        .check(frame);
  }

  @Test
  void timeAndEnvironmentAreGiven() {
    noClasses().should().callMethod(Instant.class, "now").check(frame);
    noClasses()
        .that()
        .doNotHaveSimpleName("JobMain")
        .should()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(frame);
  }
}
