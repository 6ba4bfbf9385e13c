package dev.snapshotjobs.common.snapshot;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What has to be known of a CSI driver beyond its interface. Source of the rows: the drivers' own
/// documentation and issues, as docs/reference/driver-profiles.md names them.
///
/// @param releaseAt when commits may go on
/// @param minimalInterval how far apart the storage wants two snapshots of one volume
/// @param independent whether a snapshot outlives its volume
public record DriverProfile(
    String driver, ReleasePoint releaseAt, Duration minimalInterval, boolean independent) {

  /// Every driver that is known.
  public static final List<DriverProfile> KNOWN =
      List.of(
          new DriverProfile("ebs.csi.aws.com", ReleasePoint.CUT, Duration.ofSeconds(15), true),
          new DriverProfile(
              "pd.csi.storage.gke.io", ReleasePoint.CUT, Duration.ofMinutes(10), true),
          // Seven in five minutes.
          new DriverProfile("disk.csi.azure.com", ReleasePoint.CUT, Duration.ofSeconds(45), true),
          new DriverProfile(
              "dobs.csi.digitalocean.com", ReleasePoint.CUT, Duration.ofMinutes(10), true),
          // Its CreateSnapshot returns before the cut (outscale bsu-csi-driver #789).
          new DriverProfile("bsu.csi.outscale.com", ReleasePoint.READY, Duration.ZERO, true),
          new DriverProfile("hostpath.csi.k8s.io", ReleasePoint.CUT, Duration.ZERO, true));

  public static Optional<DriverProfile> of(String driver) {
    return KNOWN.stream().filter(profile -> profile.driver().equals(driver)).findFirst();
  }

  /// What is assumed of a driver that is not known: the cautious answer to each question.
  public static DriverProfile unknown(String driver) {
    return new DriverProfile(driver, ReleasePoint.READY, Duration.ZERO, false);
  }
}
