package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.BaseTimeline.LogStart;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BaseTimelineTest {
  private static final TimelineId ONE = new TimelineId(1);
  private static final TimelineId TWO = new TimelineId(2);

  /// At the beginning of bin.000042.
  private static CatalogueEntry base(Map<String, String> recorded) {
    CatalogueEntry sample = Samples.entry();
    Map<String, String> annotations = new HashMap<>(sample.annotations());
    annotations.keySet().removeAll(List.of(SnapshotKeys.GTID_BINLOG_STATE));
    annotations.putAll(recorded);
    return new CatalogueEntry(
        sample.instance(),
        sample.snapshot(),
        sample.content(),
        sample.claim(),
        sample.labels(),
        annotations,
        sample.recordedAt());
  }

  private static LogStart start(TimelineId timeline, String log, String state) {
    return new LogStart(timeline, new LogName(log), GtidState.parse(state));
  }

  @Test
  void isTheOneWhoseLogBeginsAtTheRecordedPosition() {
    assertThat(
            BaseTimeline.of(
                base(Map.of()),
                List.of(
                    start(ONE, "bin.000041", "0-1-100"),
                    start(ONE, "bin.000042", "0-1-90"),
                    start(TWO, "bin.000042", "0-1-100"),
                    start(TWO, "bin.000043", "0-1-120"))))
        .isEqualTo(new BaseTimeline.Found(TWO));
  }

  @Test
  void isToldApartByTheStateWhereThePositionIsTheSame() {
    CatalogueEntry base = base(Map.of(SnapshotKeys.GTID_BINLOG_STATE, "0-1-100,0-2-99"));

    assertThat(
            BaseTimeline.of(
                base(Map.of(SnapshotKeys.GTID_BINLOG_STATE, "0-2-99,0-1-100")),
                List.of(
                    start(ONE, "bin.000042", "0-2-98,0-1-100"),
                    start(TWO, "bin.000042", "0-2-99,0-1-100"))))
        .isEqualTo(new BaseTimeline.Found(TWO));
    // A server with many of them does not print the newest last.
    assertThat(BaseTimeline.of(base, List.of(start(ONE, "bin.000042", "0-2-99,0-1-100"))))
        .isEqualTo(new BaseTimeline.Found(ONE));
  }

  @Test
  void isNoneWhereNoLogBeginsThere() {
    assertThat(BaseTimeline.of(base(Map.of()), List.of(start(ONE, "bin.000041", "0-1-100"))))
        .isEqualTo(new BaseTimeline.None("no log bin.000042 is archived"));
    assertThat(BaseTimeline.of(base(Map.of()), List.of(start(ONE, "bin.000042", "0-1-99"))))
        .isEqualTo(
            new BaseTimeline.None("each archived log bin.000042 begins elsewhere than at 0-1-100"));
  }

  @Test
  void isNoneWithoutARecordedPosition() {
    CatalogueEntry sample = Samples.entry();
    Map<String, String> labels = new HashMap<>(sample.labels());
    labels.put(SnapshotKeys.STATE, "crash-consistent");
    CatalogueEntry withoutLock =
        new CatalogueEntry(
            sample.instance(),
            sample.snapshot(),
            sample.content(),
            sample.claim(),
            labels,
            Map.of(SnapshotKeys.MODE, "none"),
            sample.recordedAt());

    assertThat(BaseTimeline.of(withoutLock, List.of(start(ONE, "bin.000042", "0-1-100"))))
        .isInstanceOf(BaseTimeline.None.class);
  }

  @Test
  void areSeveralWhereHistoriesPartInThatLog() {
    assertThat(
            BaseTimeline.of(
                base(Map.of()),
                List.of(
                    start(TWO, "bin.000042", "0-1-100"),
                    start(ONE, "bin.000042", "0-1-100"),
                    start(ONE, "bin.000042", "0-1-100"))))
        .isEqualTo(new BaseTimeline.Several(List.of(ONE, TWO)));
  }

  @Test
  void isFoundForAServerThatHasLoggedNothing() {
    CatalogueEntry base =
        base(
            Map.of(
                SnapshotKeys.GTID_BINLOG_POS, "",
                SnapshotKeys.GTID_CURRENT_POS, "",
                SnapshotKeys.GTID_BINLOG_STATE, ""));

    assertThat(BaseTimeline.of(base, List.of(start(ONE, "bin.000042", ""))))
        .isEqualTo(new BaseTimeline.Found(ONE));
  }
}
