package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.kube.DatabasePod;
import dev.snapshotjobs.common.kube.VolumeSnapshotClass;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ChoicesTest {
  @Nested
  class OfThePod {
    private final DatabasePod zero = Examples.pod("mariadb-0");
    private final DatabasePod one = Examples.pod("mariadb-1");
    private final DatabasePod other = Examples.pod("ledger-0");

    @Test
    void takesTheNamedPod() {
      assertThat(choose(List.of(zero, one), "mariadb-1", null, null))
          .isEqualTo(new PodChoice.Chosen(one));
    }

    @Test
    void takesOrdinalZeroOfTheStatefulSet() {
      assertThat(choose(List.of(one, zero, other), null, "mariadb", null))
          .isEqualTo(new PodChoice.Chosen(zero));
    }

    @Test
    void takesThePodThatMountsTheClaim() {
      assertThat(choose(List.of(zero, one), null, null, "data-mariadb-1"))
          .isEqualTo(new PodChoice.Chosen(one));
    }

    @Test
    void takesTheOnlyStatefulSetThereIs() {
      assertThat(choose(List.of(zero, one), null, null, null))
          .isEqualTo(new PodChoice.Chosen(zero));
    }

    @Test
    void listsTheChoicesWhereThereAreSeveral() {
      assertThat(choose(List.of(zero, one, other), null, null, null))
          .isInstanceOfSatisfying(
              PodChoice.Unclear.class,
              unclear -> assertThat(unclear.finding().seen()).contains("ledger-0, mariadb-0"));
    }

    @Test
    void saysWhichPodsThereAreWhenTheNamedOneIsNotThere() {
      DatabasePod job =
          new DatabasePod(
              "shop", "mariadb-snapshot-1", "uid", List.of(), false, null, "", "", List.of(), "{}");

      assertThat(choose(List.of(zero, job), null, "mysql", null))
          .isInstanceOfSatisfying(
              PodChoice.Unclear.class,
              unclear ->
                  assertThat(unclear.finding().seen())
                      .contains("mysql-0")
                      .contains("mariadb-0")
                      .doesNotContain("mariadb-snapshot-1"));
    }

    private static PodChoice choose(
        List<DatabasePod> pods,
        @Nullable String pod,
        @Nullable String statefulSet,
        @Nullable String claim) {
      return PodChoice.among(
          pods,
          new PodChoice.Wanted(
              Optional.ofNullable(pod),
              Optional.ofNullable(statefulSet),
              Optional.ofNullable(claim)));
    }
  }

  @Nested
  class OfTheClass {
    private final VolumeSnapshotClass fast = Examples.snapshotClass("fast", false);
    private final VolumeSnapshotClass usual = Examples.snapshotClass("usual", true);
    private final VolumeSnapshotClass foreign =
        new VolumeSnapshotClass("foreign", "other.csi", "Delete", true);

    @Test
    void takesTheNamedOne() {
      assertThat(choose(List.of(fast, usual), "fast")).isEqualTo(new ClassChoice.Chosen(fast));
    }

    @Test
    void takesTheDefaultOfTheDriverNotOfAnother() {
      assertThat(choose(List.of(foreign, fast, usual), null))
          .isEqualTo(new ClassChoice.Chosen(usual));
    }

    @Test
    void takesTheOnlyOneOfTheDriver() {
      assertThat(choose(List.of(foreign, fast), null)).isEqualTo(new ClassChoice.Chosen(fast));
    }

    @Test
    void refusesTwoDefaults() {
      assertThat(rule(choose(List.of(usual, Examples.snapshotClass("second", true)), null)))
          .isEqualTo(PreflightRule.CLASS_UNCLEAR);
    }

    @Test
    void refusesOneOfAnotherDriver() {
      assertThat(rule(choose(List.of(foreign, fast), "foreign")))
          .isEqualTo(PreflightRule.CLASS_OF_OTHER_DRIVER);
    }

    @Test
    void namesTheOnesThatFitWhenTheWantedOneDoesNotExist() {
      assertThat(choose(List.of(foreign, fast, usual), "none"))
          .isInstanceOfSatisfying(
              ClassChoice.Unclear.class,
              unclear ->
                  assertThat(unclear.finding())
                      .isEqualTo(
                          new Finding(
                              PreflightRule.CLASS_UNKNOWN,
                              "there is no VolumeSnapshotClass none",
                              "set VOLUME_SNAPSHOT_CLASS to one of: fast, usual")));
    }

    private static ClassChoice choose(List<VolumeSnapshotClass> classes, @Nullable String wanted) {
      return ClassChoice.among(classes, Optional.ofNullable(wanted), Examples.DRIVER);
    }

    private static PreflightRule rule(ClassChoice choice) {
      return switch (choice) {
        case ClassChoice.Unclear(Finding finding) -> finding.rule();
        case ClassChoice.Chosen chosen -> throw new AssertionError(chosen);
      };
    }
  }
}
