package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.config.Problems;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

class TimeArgumentTest {
  private static final TimeArgumentConverter CONVERTER = new TimeArgumentConverter();
  private final Problems problems = new Problems();

  private Optional<Instant> resolved(String text, @Nullable ZoneId zone) {
    return TimeArgument.resolve("--to", CONVERTER.convert(text), zone, problems);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-22T17:30:00Z,,2026-11-22T17:30:00Z",
    "2026-11-22T18:30:00+01:00,,2026-11-22T17:30:00Z",
    "2026-11-22 18:30:00+01:00,Asia/Tokyo,2026-11-22T17:30:00Z",
    "2026-11-22T18:30:00,Europe/Paris,2026-11-22T17:30:00Z",
    "2026-11-22 18:30,Europe/Paris,2026-11-22T17:30:00Z",
    "2026-07-22 18:30:00.250,Europe/Paris,2026-07-22T16:30:00.250Z",
  })
  void isAnInstantWithAnOffsetOrATimeZone(String text, @Nullable ZoneId zone, Instant expected) {
    assertThat(resolved(text, zone)).contains(expected);
    assertThat(problems.isEmpty()).isTrue();
  }

  @Test
  void isNothingWithoutBoth() {
    assertThat(resolved("2026-11-22 18:30", null)).isEmpty();
    assertThat(problems.toString()).contains("--to", "has no offset", "--time-zone");
  }

  @Test
  void isNotGuessedWhenClocksArePutBack() {
    assertThat(resolved("2026-10-25T02:30:00", ZoneId.of("Europe/Paris"))).isEmpty();
    assertThat(problems.toString())
        .contains("the clocks of Europe/Paris show 2026-10-25T02:30 twice")
        .contains("allowed: 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00");
  }

  @Test
  void isNotGuessedWhenClocksArePutForward() {
    assertThat(resolved("2026-03-29T02:30:00", ZoneId.of("Europe/Paris"))).isEmpty();
    assertThat(problems.toString())
        .contains("no clock of Europe/Paris shows 2026-03-29T02:30")
        .contains("allowed: 2026-03-29T02:30+01:00 or 2026-03-29T02:30+02:00");
  }

  /// What is offered for a time that comes twice or never is taken.
  @ParameterizedTest
  @CsvSource({"2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-03-29T02:30+01:00"})
  void takesWhatItOffers(String text) {
    assertThat(resolved(text, null)).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"yesterday", "2026-13-01T00:00", "18:30", "2026-11-22"})
  void isATimeOfADay(String text) {
    assertThatThrownBy(() -> CONVERTER.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining(text);
  }
}
