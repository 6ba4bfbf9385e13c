package dev.snapshotjobs.sandbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {

  @Test
  void sandboxSharesNothingWithWhatIsTestedAgainstIt() {
    DescribedPredicate<JavaClass> ours =
        DescribedPredicate.describe(
            "another module of ours",
            type ->
                type.getPackageName().startsWith("dev.snapshotjobs.")
                    && !type.getPackageName().startsWith("dev.snapshotjobs.sandbox"));

    noClasses()
        .should()
        .dependOnClassesThat(ours)
        .check(new ClassFileImporter().importPackages("dev.snapshotjobs.sandbox"));
  }
}
