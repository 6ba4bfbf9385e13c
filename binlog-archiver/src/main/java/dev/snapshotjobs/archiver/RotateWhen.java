package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.config.SettingConverter;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.TypeConversionException;

/// When the server is to begin a new log, so that the one it writes can be sealed.
record RotateWhen(Duration olderThan) {
  private static final String FORM = "if-older-than=";

  /// Each log costs three objects and some requests for ever.
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  /// Whether the log has had a transaction for so long. One that has none is never closed: a quiet
  /// server would make an endless row of empty logs.
  boolean isDue(LogBeginning log, Instant now) {
    return log.oldestTransaction(now)
        .filter(oldest -> !oldest.isAfter(now.minus(olderThan)))
        .isPresent();
  }

  @Override
  public String toString() {
    return FORM + DurationConverter.format(olderThan);
  }

  /// Reads what somebody has typed.
  static final class Converter implements SettingConverter<RotateWhen> {
    @Override
    public String allowed() {
      return "if-older-than=15m, or another time of at least 1m";
    }

    @Override
    public RotateWhen convert(String value) {
      if (!value.startsWith(FORM)) {
        throw new TypeConversionException("'" + value + "' does not begin with " + FORM);
      }
      Duration olderThan = new DurationConverter().convert(value.substring(FORM.length()));
      if (olderThan.compareTo(SHORTEST) < 0) {
        throw new TypeConversionException("'" + value + "' is less than 1m");
      }
      return new RotateWhen(olderThan);
    }
  }
}
