package dev.snapshotjobs.common.archive;

import java.util.Comparator;
import java.util.regex.Pattern;

/// The name of a binary log as its server lists it, such as `bin.000042`. Logs follow each other by
/// number, not by name: `bin.1000000` comes after `bin.999999`.
public record LogName(String text) implements Comparable<LogName> {
  private static final Pattern FORM = Pattern.compile(".+\\.\\d{1,18}");
  private static final Comparator<LogName> ORDER =
      Comparator.comparingLong(LogName::number).thenComparing(LogName::text);

  public LogName {
    Names.segment(text);
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          Names.quoted(text) + " is no binary log; expected a name such as bin.000001");
    }
  }

  public long number() {
    return Long.parseLong(text.substring(text.lastIndexOf('.') + 1));
  }

  @Override
  public int compareTo(LogName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return text;
  }
}
