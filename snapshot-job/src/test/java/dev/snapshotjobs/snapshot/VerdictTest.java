package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.mariadb.BinlogState;
import dev.snapshotjobs.common.mariadb.LockEvidence;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
  private static final BinlogState STATE =
      new BinlogState(GtidState.parse("0-1-7"), GtidPosition.parse("0-1-7"), Optional.empty());

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
            underLock(
                Optional.of(new LockEvidence(sameSession, unmoved, secondRefused, STATE)),
                acknowledged),
            Optional.of(content("content-1", "uid-of-shop-1", handle)));

    switch (verdict) {
      case Verdict.Consistent() -> assertThat(missing).isZero();
      case Verdict.Unproven(var what) -> assertThat(what).hasSize(missing);
      case Verdict.CrashConsistent(), Verdict.Worthless _ -> throw new AssertionError(verdict);
    }
  }

  @Test
  void isUnprovenWhenTheServerCouldNotBeAsked() {
    Verdict verdict =
        Verdict.of(
            underLock(Optional.empty(), false),
            Optional.of(content("content-1", "uid-of-shop-1", "snap-1")));

    assertThat(verdict).isInstanceOf(Verdict.Unproven.class);
  }

  @Test
  void isNoSnapshotOfOursWhenTheContentIsNotThere() {
    assertThat(verdictWith(Optional.empty())).isInstanceOf(Verdict.Worthless.class);
  }

  @Test
  void isNoSnapshotOfOursWhenTheContentIsBoundToAnObjectOfTheSameNameButAnotherUid() {
    assertThat(verdictWith(Optional.of(content("content-1", "other-uid", "snap-1"))))
        .isInstanceOf(Verdict.Worthless.class);
  }

  @Test
  void isNoSnapshotOfOursWhenItIsAnotherContent() {
    assertThat(verdictWith(Optional.of(content("content-2", "uid-of-shop-1", "snap-1"))))
        .isInstanceOf(Verdict.Worthless.class);
  }

  @Test
  void isWhatWasAskedForWithoutALockOnlyOnAServerWhereThatIsEnough() {
    var cut = new Cut.WithoutLock(cut("content-1"), Examples.SLOT);
    var bound = Optional.of(content("content-1", "uid-of-shop-1", "snap-1"));
    var lazy = new Finding(PreflightRule.NOT_DURABLE, "sync_binlog=0", "");

    assertThat(Verdict.of(cut, bound, List.of())).isEqualTo(new Verdict.CrashConsistent());
    assertThat(Verdict.of(cut, bound, List.of(lazy)))
        .isEqualTo(
            new Verdict.Worthless(
                SnapshotReason.LOCK_NEEDED,
                "while it was cut the server changed: not-durable: sync_binlog=0"));
    assertThat(Verdict.of(cut, Optional.empty(), List.of())).isInstanceOf(Verdict.Worthless.class);
  }

  private static Verdict verdictWith(Optional<VolumeSnapshotContent> content) {
    return Verdict.of(
        underLock(Optional.of(new LockEvidence(true, true, true, STATE)), true), content);
  }

  private static Cut.UnderLock underLock(Optional<LockEvidence> evidence, boolean acknowledged) {
    return new Cut.UnderLock(
        cut("content-1"),
        STATE,
        evidence,
        acknowledged,
        Examples.SLOT,
        new Cut.Release(Examples.SLOT, Duration.ofMillis(1)));
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
        name, "u", Examples.DRIVER, "Delete", "fast", "shop", "shop-1", uid, handle, null);
  }
}
