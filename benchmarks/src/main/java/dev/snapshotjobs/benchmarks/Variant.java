package dev.snapshotjobs.benchmarks;

/// How a snapshot is taken, and what protects its cut.
enum Variant {
  /// snapshot-job, three times; the label is its SNAPSHOT_MODE.
  BACKUP_STAGE("backup-stage"),
  FLUSH_TABLES("flush-tables"),
  NONE("none"),
  /// Bare VolumeSnapshots, which the benchmark itself creates.
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
