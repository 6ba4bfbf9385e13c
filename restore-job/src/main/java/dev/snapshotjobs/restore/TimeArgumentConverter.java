package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.InstantConverter;
import dev.snapshotjobs.common.config.SettingConverter;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import picocli.CommandLine.TypeConversionException;

/// Times with an offset, or without one for `--time-zone`.
final class TimeArgumentConverter implements SettingConverter<TimeArgument> {
  static final String ALLOWED =
      "RFC 3339 with an offset, such as 2026-11-22T17:30:00Z or 2026-11-22T18:30:00+01:00; or"
          + " without one, and --time-zone";

  private static final InstantConverter EXACT = new InstantConverter();

  @Override
  public String allowed() {
    return ALLOWED;
  }

  @Override
  public TimeArgument convert(String value) {
    try {
      return new TimeArgument.OnTheWall(LocalDateTime.parse(value.strip().replace(' ', 'T')));
    } catch (DateTimeException e) {
      return exact(value);
    }
  }

  private static TimeArgument exact(String value) throws TypeConversionException {
    return new TimeArgument.Exact(EXACT.convert(value));
  }
}
