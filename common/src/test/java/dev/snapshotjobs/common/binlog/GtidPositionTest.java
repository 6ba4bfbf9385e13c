package dev.snapshotjobs.common.binlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GtidPositionTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @Test
  void readsWhatTheServerPrints() {
    GtidPosition position = GtidPosition.parse("0-1-100,7-42-18446744073709551615");

    assertThat(position.in(0)).contains(new Gtid(0, 1, 100));
    assertThat(position.in(7)).contains(new Gtid(7, 42, -1));
    assertThat(position).hasToString("0-1-100,7-42-18446744073709551615");
  }

  @Test
  void isEmptyBeforeTheFirstTransaction() {
    assertThat(GtidPosition.parse("")).isEqualTo(GtidPosition.EMPTY).hasToString("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0-1",
        "0-1-",
        "a-1-1",
        "0-1-1,",
        "0-1-1,0-2-2",
        "4294967296-1-1",
        "0-1-18446744073709551616",
        "0-1--5",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5"
      })
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> GtidPosition.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void coversWhatCameBeforeInTheSameDomainAlone() {
    GtidPosition position = GtidPosition.parse("0-1-100,1-9-5");

    assertThat(position.covers(Gtid.parse("0-1-100"))).isTrue();
    assertThat(position.covers(Gtid.parse("0-77-99"))).as("written by another server").isTrue();
    assertThat(position.covers(Gtid.parse("0-1-101"))).isFalse();
    assertThat(position.covers(Gtid.parse("2-1-1"))).isFalse();
  }

  @Test
  void comparesSequencesWithoutSign() {
    assertThat(GtidPosition.parse("0-1-18446744073709551615").covers(Gtid.parse("0-1-1"))).isTrue();
    assertThat(GtidPosition.parse("0-1-1").covers(Gtid.parse("0-1-18446744073709551615")))
        .isFalse();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void isTheSameWhateverTheOrderOfItsDomains(long seed) {
    Random random = new Random(seed);
    List<Gtid> gtids = new ArrayList<>();
    for (long domain = 0; domain < random.nextInt(1, 9); domain++) {
      gtids.add(new Gtid(domain * 3, random.nextLong(1, 1L << 32), random.nextLong()));
    }
    GtidPosition position = GtidPosition.of(gtids);
    List<Gtid> shuffled = new ArrayList<>(gtids);
    Collections.shuffle(shuffled, random);

    assertThat(GtidPosition.of(shuffled)).isEqualTo(position);
    assertThat(GtidPosition.parse(position.toString())).isEqualTo(position);
    assertThat(gtids).allMatch(position::covers);
  }
}
