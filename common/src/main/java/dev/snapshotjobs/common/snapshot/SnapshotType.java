package dev.snapshotjobs.common.snapshot;

/// Why a VolumeSnapshot was made, as its label `mariadb-snapshot-jobs/type` says.
public enum SnapshotType {
  SCHEDULED("scheduled"),
  MANUAL("manual"),
  PRE_RESTORE("pre-restore"),
  DRILL("drill");

  private final String label;

  SnapshotType(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
