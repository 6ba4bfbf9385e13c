package dev.snapshotjobs.benchmarks;

/// How the logs behind a snapshot get into a copy of it.
enum ReplayMethod implements Method {
  JOB("restore-job inspect, replay"),
  /// With the logs on a disk already, where the job has them in a bucket.
  PIPE("mariadb-binlog into mariadb");

  private final String label;

  ReplayMethod(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}
