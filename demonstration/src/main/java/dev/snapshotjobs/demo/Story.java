package dev.snapshotjobs.demo;

import java.io.PrintStream;

/// Prints what happens in short aligned lines.
final class Story {
  private final PrintStream out;
  private int chapter;

  Story(PrintStream out) {
    this.out = out;
  }

  void title(String text) {
    out.println(text);
  }

  void chapter(String text) {
    out.printf("%n%d  %s%n", ++chapter, text);
  }

  void fact(String name, String value) {
    out.printf("   %-11s %s%n", name, value);
  }

  /// A further line of the fact before.
  void more(String value) {
    out.printf("   %-11s %s%n", "", value);
  }

  void quote(String text) {
    text.lines().forEach(line -> out.println("   | " + line));
  }

  void verdict(boolean good, String whenGood, String whenBad) {
    out.printf("%n%s%n", good ? whenGood : whenBad);
  }
}
