package dev.snapshotjobs.common.archive;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which bytes of a log a chunk of its tail holds.
///
/// @param to the offset behind the last one
public record ChunkRange(long from, long to) implements Comparable<ChunkRange> {
  private static final long LARGEST = 999_999_999_999L;
  private static final Pattern FORM = Pattern.compile("(\\d{12})-(\\d{12})");
  private static final Comparator<ChunkRange> ORDER =
      Comparator.comparingLong(ChunkRange::from).thenComparingLong(ChunkRange::to);

  public ChunkRange {
    if (from < 0 || to <= from || to > LARGEST) {
      throw new IllegalArgumentException("no bytes of a log are from " + from + " to " + to);
    }
  }

  static ChunkRange parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          Names.quoted(text) + " is no range; expected two offsets of twelve digits");
    }
    return new ChunkRange(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)));
  }

  public long length() {
    return to - from;
  }

  @Override
  public int compareTo(ChunkRange other) {
    return ORDER.compare(this, other);
  }

  /// As in a key: with leading zeros, so that a listing is in order.
  @Override
  public String toString() {
    return "%012d-%012d".formatted(from, to);
  }
}
