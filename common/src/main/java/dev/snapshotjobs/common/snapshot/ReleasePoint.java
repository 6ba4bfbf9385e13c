package dev.snapshotjobs.common.snapshot;

/// What has to be seen of a VolumeSnapshot before its storage is known to have made the cut.
public enum ReleasePoint {
  /// `creationTime` and a bound content: the CSI call has returned, and by the specification the
  /// cut is made by then ([CSI:
  /// CreateSnapshot](https://github.com/container-storage-interface/spec/blob/master/spec.md#createsnapshot)).
  CUT("cut"),
  /// `readyToUse` as well: for drivers that return before the cut, or of which it is not known.
  READY("ready");

  private final String title;

  ReleasePoint(String title) {
    this.title = title;
  }

  @Override
  public String toString() {
    return title;
  }
}
