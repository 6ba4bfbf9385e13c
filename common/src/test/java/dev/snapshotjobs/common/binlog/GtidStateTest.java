package dev.snapshotjobs.common.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GtidStateTest {
  @Test
  void knowsEachServerAndWhichOfThemWasLast() {
    GtidState state = GtidState.parse("0-2-9,0-1-7,3-1-4");

    assertThat(state.position()).isEqualTo(GtidPosition.parse("0-1-7,3-1-4"));
    assertThat(state).hasToString("0-2-9,0-1-7,3-1-4");
  }

  @Test
  void doesNotDependOnTheOrderOfDomainsNorOfServersThatWereNotLast() {
    assertThat(GtidState.parse("3-1-4,0-5-1,0-2-9,0-1-7"))
        .isEqualTo(GtidState.parse("0-2-9,0-5-1,3-1-4,0-1-7"))
        .isNotEqualTo(GtidState.parse("0-2-9,0-1-7,0-5-1,3-1-4"));
  }

  @Test
  void takesFromAPositionWhichGtidIsTheNewest() {
    assertThat(GtidState.parse("0-1-7,0-2-9,3-1-4").endingAt(GtidPosition.parse("0-1-7,3-1-4")))
        .isEqualTo(GtidState.parse("0-2-9,0-1-7,3-1-4"));
    assertThat(GtidState.EMPTY.endingAt(GtidPosition.EMPTY)).isEqualTo(GtidState.EMPTY);
  }

  @Test
  void isEmptyBeforeTheFirstTransaction() {
    assertThat(GtidState.parse("")).isEqualTo(GtidState.EMPTY).hasToString("");
    assertThat(GtidState.EMPTY.position()).isEqualTo(GtidPosition.EMPTY);
  }

  @Test
  void takesWhatIsLoggedThoughItsSequenceIsLower() {
    RunningGtidState running = new RunningGtidState(GtidState.parse("0-1-100,0-2-101"));

    running.advance(Gtid.parse("0-1-50"));

    assertThat(running.now()).hasToString("0-2-101,0-1-50");
    assertThat(running.now().position()).hasToString("0-1-50");
  }

  @Test
  void doesNotChangeWhatWasSaidBefore() {
    RunningGtidState running = new RunningGtidState(GtidState.parse("0-1-1"));
    GtidState before = running.now();

    running.advance(Gtid.parse("0-1-2"));

    assertThat(before).hasToString("0-1-1");
  }
}
