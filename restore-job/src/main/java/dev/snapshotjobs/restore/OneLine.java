package dev.snapshotjobs.restore;

/// A statement as a table shows it: its beginning, on one line, without what would move a terminal.
final class OneLine {
  private static final int WIDTH = 100;

  private OneLine() {}

  static String of(String statement) {
    String line = statement.strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
    return line.length() <= WIDTH ? line : line.substring(0, WIDTH) + "…";
  }
}
