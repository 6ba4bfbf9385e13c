package dev.snapshotjobs.benchmarks;

/// What protects the cut.
enum Variant {
  BACKUP_STAGE("backup-stage"),
  NO_LOCK("no lock"),
  READ_LOCK("FTWRL");

  private final String label;

  Variant(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
