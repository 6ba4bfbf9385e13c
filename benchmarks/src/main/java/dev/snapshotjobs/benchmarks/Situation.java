package dev.snapshotjobs.benchmarks;

/// What else the server does when a snapshot is taken.
enum Situation {
  IDLE("idle"),
  LONG_UPDATE("behind a long UPDATE");

  private final String label;

  Situation(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
