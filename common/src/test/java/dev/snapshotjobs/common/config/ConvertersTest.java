package dev.snapshotjobs.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.TypeConversionException;

class ConvertersTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          90s,     PT1M30S
          15m,     PT15M
          6h,      PT6H
          7d,      PT168H
          0s,      PT0S
          PT15M,   PT15M
          P1DT2H,  PT26H
          PT0.5S,  PT0.5S
          """)
  void readsDurations(String text, Duration expected) {
    assertThat(new DurationConverter().convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          abc,         'abc' is not a duration
          15,          '15' is not a duration
          15 m,        '15 m' is not a duration
          1.5h,        '1.5h' is not a duration
          9999999999d, '9999999999d' is not a duration
          -5m,         '-5m' is negative
          -PT5M,       '-PT5M' is negative
          PT-5M,       'PT-5M' is negative
          """,
      quoteCharacter = '"')
  void saysWhatIsWrongWithADuration(String text, String message) {
    assertThatThrownBy(() -> new DurationConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(message);
  }

  static LongStream secondsOfManySizes() {
    return LongStream.of(0, 1, 59, 60, 61, 3600, 5400, 86_400, 90_000, 604_800);
  }

  @ParameterizedTest
  @MethodSource("secondsOfManySizes")
  void readsBackTheDurationsThatItFormats(long seconds) {
    Duration duration = Duration.ofSeconds(seconds);
    assertThat(new DurationConverter().convert(DurationConverter.format(duration)))
        .isEqualTo(duration);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          1Gi,     1073741824, 1Gi
          0.5Gi,   536870912,  512Mi
          500M,    500000000,  500000000
          8Mi,     8388608,    8Mi
          1k,      1000,       1000
          1e3,     1000,       1000
          2E,      2000000000000000000, 1953125000000000Ki
          0,       0,          0
          1.5,     2,          2
          .5Ki,    512,        512
          7Ei,     8070450532247928832, 7Ei
          """)
  void readsSizes(String text, long bytes, String written) {
    ByteSize size = new ByteSizeConverter().convert(text);
    assertThat(size.bytes()).isEqualTo(bytes);
    assertThat(ByteSize.parse(size.toString())).isEqualTo(size);
    assertThat(size).hasToString(written);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ten,   'ten' is not a size
          10GB,  '10GB' is not a size
          10 Gi, '10 Gi' is not a size
          -1Gi,  '-1Gi' is not a size
          100m,  '100m' is not a size
          8Ei,   '8Ei' is more than 2^63 bytes
          1e99,  '1e99' is more than 2^63 bytes
          """,
      quoteCharacter = '"')
  void saysWhatIsWrongWithASize(String text, String message) {
    assertThatThrownBy(() -> new ByteSizeConverter().convert(text)).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          2026-11-22T17:30:00Z,          2026-11-22T17:30:00Z
          2026-11-22T18:30:00+01:00,     2026-11-22T17:30:00Z
          2026-11-22 17:30:00.5Z,        2026-11-22T17:30:00.500Z
          2026-11-22t17:30:00z,          2026-11-22T17:30:00Z
          """)
  void readsInstants(String text, Instant expected) {
    assertThat(new InstantConverter().convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          2026-11-22T17:30:00, has no offset
          2026-11-22 17:30:00, has no offset
          2026-11-22,          is not an instant
          yesterday,           is not an instant
          2026-02-30T00:00:00Z, is not an instant
          """)
  void saysWhatIsWrongWithAnInstant(String text, String message) {
    assertThatThrownBy(() -> new InstantConverter().convert(text)).hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"shop-db", "a", "0", "a--b", "abcdefghij0123456789abcdefghij0123456789"})
  void takesNamesOfInstances(String name) {
    assertThat(new InstanceConverter().convert(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "Shop",
    "-a",
    "a-",
    "a.b",
    "a_b",
    "ab cd",
    "abcdefghij0123456789abcdefghij0123456789x"
  })
  void refusesOtherNamesOfInstances(String name) {
    assertThatThrownBy(() -> new InstanceConverter().convert(name)).hasMessageContaining(name);
  }

  @ParameterizedTest
  @CsvSource({"0", "65536", "123456", "-1", "http", "33.06"})
  void refusesWhatIsNoPort(String text) {
    assertThatThrownBy(() -> new PortConverter().convert(text))
        .hasMessage("'" + text + "' is not a port");
  }

  @ParameterizedTest
  @CsvSource({"Shop", "a..b", "-a", "a/b"})
  void refusesWhatIsNoKubernetesName(String text) {
    assertThatThrownBy(() -> new KubernetesNameConverter().convert(text))
        .hasMessage("'" + text + "' is not a Kubernetes name");
  }
}
