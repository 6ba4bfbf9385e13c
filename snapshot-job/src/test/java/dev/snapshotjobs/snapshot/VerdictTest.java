package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.mariadb.BinlogState;
import dev.snapshotjobs.common.mariadb.GtidPosition;
import dev.snapshotjobs.common.mariadb.StageEvidence;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
  private static final BinlogState STATE =
      new BinlogState(GtidPosition.parse("0-1-7"), GtidPosition.parse("0-1-7"), Optional.empty());

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # same session, unmoved, second refused, end acknowledged, handle, missing
          true,  true,  true,  true,  snap-1, 0
          false, true,  true,  true,  snap-1, 1
          true,  false, true,  true,  snap-1, 1
          true,  true,  false, true,  snap-1, 1
          true,  true,  true,  false, snap-1, 1
          true,  true,  true,  true,  ,       1
          false, false, false, false, ,       5
          """)
  void isConsistentOnlyWhenNothingIsMissingFromTheProof(
      boolean sameSession,
      boolean unmoved,
      boolean secondRefused,
      boolean acknowledged,
      @Nullable String handle,
      int missing) {
    Verdict verdict =
        Verdict.of(
            new Verdict.Evidence(
                Optional.of(new StageEvidence(sameSession, unmoved, secondRefused, STATE)),
                acknowledged,
                cut("content-1"),
                Optional.of(content("content-1", "uid-of-shop-1", handle))));

    switch (verdict) {
      case Verdict.Consistent() -> assertThat(missing).isZero();
      case Verdict.Unproven(var what) -> assertThat(what).hasSize(missing);
      case Verdict.Mismatch(String why) -> throw new AssertionError(why);
    }
  }

  @Test
  void isUnprovenWhenTheServerCouldNotBeAsked() {
    Verdict verdict =
        Verdict.of(
            new Verdict.Evidence(
                Optional.empty(),
                false,
                cut("content-1"),
                Optional.of(content("content-1", "uid-of-shop-1", "snap-1"))));

    assertThat(verdict).isInstanceOf(Verdict.Unproven.class);
  }

  @Test
  void isNoSnapshotOfOursWhenTheContentIsNotThere() {
    assertThat(verdictWith(Optional.empty())).isInstanceOf(Verdict.Mismatch.class);
  }

  @Test
  void isNoSnapshotOfOursWhenTheContentIsBoundToAnObjectOfTheSameNameButAnotherUid() {
    assertThat(verdictWith(Optional.of(content("content-1", "other-uid", "snap-1"))))
        .isInstanceOf(Verdict.Mismatch.class);
  }

  @Test
  void isNoSnapshotOfOursWhenItIsAnotherContent() {
    assertThat(verdictWith(Optional.of(content("content-2", "uid-of-shop-1", "snap-1"))))
        .isInstanceOf(Verdict.Mismatch.class);
  }

  private static Verdict verdictWith(Optional<VolumeSnapshotContent> content) {
    return Verdict.of(
        new Verdict.Evidence(
            Optional.of(new StageEvidence(true, true, true, STATE)),
            true,
            cut("content-1"),
            content));
  }

  private static VolumeSnapshot cut(String contentName) {
    return new VolumeSnapshot(
        "shop",
        "shop-1",
        "uid-of-shop-1",
        "1",
        Map.of(),
        Map.of(),
        false,
        new VolumeSnapshot.Source("data-mariadb-0"),
        new VolumeSnapshot.Status(contentName, Examples.SLOT, false, null));
  }

  private static VolumeSnapshotContent content(String name, String uid, @Nullable String handle) {
    return new VolumeSnapshotContent(
        name, "u", Examples.DRIVER, "Delete", "shop", "shop-1", uid, handle);
  }
}
