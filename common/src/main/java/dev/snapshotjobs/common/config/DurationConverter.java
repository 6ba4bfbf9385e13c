package dev.snapshotjobs.common.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// Spans of time: `90s`, `15m`, `6h`, `7d`, or ISO-8601. A day is 24 hours.
public final class DurationConverter implements SettingConverter<Duration> {

  private static final Pattern SHORT = Pattern.compile("(\\d{1,9})([smhd])");

  @Override
  public String allowed() {
    return "90s, 15m, 6h, 7d or ISO-8601 such as PT15M";
  }

  @Override
  public Duration convert(String value) {
    Matcher matcher = SHORT.matcher(value);
    Duration duration = matcher.matches() ? fromShort(matcher) : fromIso(value);
    if (duration.isNegative()) {
      throw new TypeConversionException("'" + value + "' is negative");
    }
    return duration;
  }

  private static Duration fromShort(Matcher matcher) {
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static Duration fromIso(String value) {
    try {
      return Duration.parse(value);
    } catch (DateTimeException e) {
      String wrong = value.matches("-\\d+[smhd]") ? "' is negative" : "' is not a duration";
      throw new TypeConversionException("'" + value + wrong);
    }
  }

  /// The shortest form that this converter reads back to the same duration.
  public static String format(Duration duration) {
    if (duration.toNanosPart() != 0) {
      return duration.toString();
    }
    long seconds = duration.toSeconds();
    if (seconds != 0 && seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    } else if (seconds != 0 && seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    } else if (seconds != 0 && seconds % 60 == 0) {
      return seconds / 60 + "m";
    }
    return seconds + "s";
  }
}
