package dev.snapshotjobs.common.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import picocli.CommandLine.TypeConversionException;

/// Instants as RFC 3339 has them, always with an offset: half past two at night means something
/// else on each clock, and a restore must not guess which.
public final class InstantConverter implements SettingConverter<Instant> {

  @Override
  public String allowed() {
    return "RFC 3339 with an offset, such as 2026-11-22T17:30:00Z or 2026-11-22T18:30:00+01:00";
  }

  @Override
  public Instant convert(String value) {
    // RFC 3339 lets people write a space; java.time does not.
    String iso = value.replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) ", "$1T");
    try {
      return OffsetDateTime.parse(iso).toInstant();
    } catch (DateTimeException e) {
      throw new TypeConversionException("'" + value + wrong(iso));
    }
  }

  private static String wrong(String iso) {
    try {
      LocalDateTime.parse(iso);
      return "' has no offset, so it is a different instant in each time zone";
    } catch (DateTimeException e) {
      return "' is not an instant";
    }
  }
}
