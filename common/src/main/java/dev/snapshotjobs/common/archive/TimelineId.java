package dev.snapshotjobs.common.archive;

import java.util.regex.Pattern;

/// The number of a timeline: one uninterrupted history of binary logs. Written with four digits.
public record TimelineId(int number) implements Comparable<TimelineId> {
  public static final TimelineId FIRST = new TimelineId(1);
  private static final int LAST = 9999;
  private static final Pattern FORM = Pattern.compile("\\d{4}");

  public TimelineId {
    if (number < 1 || number > LAST) {
      throw new IllegalArgumentException("timelines have numbers from 1 to 9999: " + number);
    }
  }

  public static TimelineId parse(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          Names.quoted(text) + " is no timeline; expected four digits such as 0001");
    }
    return new TimelineId(Integer.parseInt(text));
  }

  public TimelineId next() {
    return new TimelineId(number + 1);
  }

  @Override
  public int compareTo(TimelineId other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return "%04d".formatted(number);
  }
}
