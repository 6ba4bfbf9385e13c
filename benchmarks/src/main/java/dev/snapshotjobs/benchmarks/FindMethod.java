package dev.snapshotjobs.benchmarks;

/// How one finds what was done to a table.
enum FindMethod implements Method {
  FIND("restore-job find"),
  /// With the logs on the disk already, where `find` has them in a bucket.
  GREP("mariadb-binlog -v, grep");

  private final String label;

  FindMethod(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}
