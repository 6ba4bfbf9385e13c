package dev.snapshotjobs.benchmarks;

/// How the binary logs of a server get into a bucket.
enum ArchiveMethod implements Method {
  JOB("binlog-archiver"),
  /// What most scripts do.
  RAW("mariadb-binlog --raw, upload"),
  /// What the careful ones do.
  RAW_ZSTD("the same with zstd -1 between");

  private final String label;

  ArchiveMethod(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}
