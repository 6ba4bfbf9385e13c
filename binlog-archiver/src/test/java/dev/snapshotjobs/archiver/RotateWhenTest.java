package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogHead;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class RotateWhenTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final RotateWhen.Converter CONVERTER = new RotateWhen.Converter();

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      textBlock =
          """
          # log begun, first transaction says, due
          10:00, 11:44, true
          10:00, 11:45, true
          10:00, 11:46, false
          10:00, none,  false
          # clients may say any time
          10:00, 01:00, true
          11:50, 01:00, false
          10:00, 23:00, true
          11:50, 23:00, false
          """)
  void isDueWhenSomethingWasLoggedLongAgo(
      String begun, @Nullable String firstTransaction, boolean due) {
    LogBeginning log =
        new LogBeginning(
            new LogHead("head", GtidState.EMPTY, false),
            at(begun),
            Optional.ofNullable(firstTransaction).map(RotateWhenTest::at));

    assertThat(new RotateWhen(Duration.ofMinutes(15)).isDue(log, NOW)).isEqualTo(due);
  }

  private static Instant at(String time) {
    return Instant.parse("2026-11-01T" + time + ":00Z");
  }

  @Test
  void isReadAsItIsWritten() {
    RotateWhen read = CONVERTER.convert("if-older-than=90m");

    assertThat(read).isEqualTo(new RotateWhen(Duration.ofMinutes(90)));
    assertThat(CONVERTER.convert(read.toString())).isEqualTo(read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "15m", "always", "if-older-than=", "if-older-than=59s"})
  void refusesWhatIsNotOne(String value) {
    assertThatThrownBy(() -> CONVERTER.convert(value)).isInstanceOf(TypeConversionException.class);
  }
}
