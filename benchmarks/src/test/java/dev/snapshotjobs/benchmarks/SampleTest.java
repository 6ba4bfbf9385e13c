package dev.snapshotjobs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SampleTest {

  @Test
  void percentilesAreValuesThatWereMeasured() {
    Sample sample = new Sample(List.of(50L, 15L, 40L, 20L, 35L));
    assertThat(sample.percentile(1)).isEqualTo(15);
    assertThat(sample.percentile(20)).isEqualTo(15);
    assertThat(sample.percentile(21)).isEqualTo(20);
    assertThat(sample.percentile(50)).isEqualTo(35);
    assertThat(sample.percentile(100)).isEqualTo(50);
    assertThat(sample.max()).isEqualTo(50);
  }

  @Test
  void theMedianOfAnEvenNumberIsTheLowerOne() {
    assertThat(new Sample(List.of(1L, 2L, 3L, 4L)).percentile(50)).isEqualTo(2);
  }

  @Test
  void theHighPercentileIsTheMaximumUntilThereAreHundredValues() {
    assertThat(Sample.percentileIsMax(99, 20)).isTrue();
    assertThat(Sample.percentileIsMax(99, 99)).isTrue();
    assertThat(Sample.percentileIsMax(99, 100)).isFalse();
    assertThat(upTo(99).percentile(99)).isEqualTo(99);
    assertThat(upTo(100).percentile(99)).isEqualTo(99);
    assertThat(upTo(200).percentile(99)).isEqualTo(198);
  }

  @Test
  void oneValueIsEveryPercentile() {
    Sample one = new Sample(List.of(7L));
    assertThat(one.percentile(1)).isEqualTo(7);
    assertThat(one.percentile(99)).isEqualTo(7);
  }

  @Test
  void refusesNothingAndPercentilesThatDoNotExist() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Sample(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> upTo(5).percentile(0));
    assertThatIllegalArgumentException().isThrownBy(() -> upTo(5).percentile(101));
  }

  private static Sample upTo(long last) {
    return new Sample(LongStream.rangeClosed(1, last).boxed().toList());
  }
}
