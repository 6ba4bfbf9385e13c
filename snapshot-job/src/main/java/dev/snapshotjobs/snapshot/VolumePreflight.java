package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.DatabasePod;
import dev.snapshotjobs.common.kube.Volume;
import dev.snapshotjobs.common.snapshot.DriverProfile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The part of the [Preflight] that is about the volume: whether it holds the whole database, and
/// whether it can be snapshotted. Pure.
final class VolumePreflight {
  /// Where a server writes what a snapshot must contain; empty or relative means the data
  /// directory.
  private static final List<String> DIRECTORIES =
      List.of(
          "innodb_data_home_dir",
          "innodb_log_group_home_dir",
          "innodb_undo_directory",
          "aria_log_dir_path",
          "log_bin_basename",
          "log_bin_index",
          "relay_log_basename");

  private VolumePreflight() {}

  /// Adds what speaks against a snapshot of the volume under the data directory.
  static void check(
      ClusterFacts cluster,
      ServerFacts server,
      Preflight.Expectation expectation,
      List<Finding> findings) {
    if (!cluster.snapshotsServed()) {
      findings.add(
          new Finding(
              PreflightRule.API_NOT_SERVED,
              "snapshot.storage.k8s.io/v1 is not there",
              "install the VolumeSnapshot CRDs and the snapshot controller"));
    }
    Optional<DatabasePod.Mount> mount = cluster.pod().mountOf(server.dataDirectory());
    if (mount.isEmpty() || mount.get().claimName() == null) {
      findings.add(
          new Finding(
              PreflightRule.DATADIR_NOT_ON_CLAIM,
              "datadir %s of pod %s is on no claim"
                  .formatted(server.dataDirectory(), cluster.pod().name()),
              "mount a PersistentVolumeClaim there, or name the right pod"));
      return;
    }
    String claim = String.valueOf(mount.get().claimName());
    expectation
        .claimName()
        .filter(wanted -> !wanted.equals(claim))
        .ifPresent(
            wanted ->
                findings.add(
                    new Finding(
                        PreflightRule.CLAIM_DIFFERS,
                        "PVC_NAME is %s, but %s lies on %s"
                            .formatted(wanted, server.dataDirectory(), claim),
                        "correct PVC_NAME, or leave it out")));
    filesElsewhere(cluster.pod(), mount.get(), server)
        .forEach(
            (what, path) ->
                findings.add(
                    new Finding(
                        PreflightRule.FILES_ELSEWHERE,
                        what + " is at " + path + ", not below " + mount.get().path(),
                        "move it onto the claim " + claim)));
    cluster
        .volume()
        .ifPresentOrElse(
            volume -> theClaim(volume, cluster, expectation, findings),
            () ->
                findings.add(
                    new Finding(
                        PreflightRule.CLAIM_NOT_BOUND,
                        "the claim " + claim + " does not exist",
                        "look at the pod: it cannot be running on it")));
  }

  private static void theClaim(
      Volume volume,
      ClusterFacts cluster,
      Preflight.Expectation expectation,
      List<Finding> findings) {
    if (volume.beingDeleted()) {
      findings.add(
          new Finding(
              PreflightRule.CLAIM_BEING_DELETED,
              "the claim " + volume.claimName() + " has a deletionTimestamp",
              "find out who deleted it before anything else: its pod is all that keeps the data"));
    }
    if (!volume.isBound()) {
      findings.add(
          new Finding(
              PreflightRule.CLAIM_NOT_BOUND,
              "the claim " + volume.claimName() + " is " + volume.phase(),
              "wait until it is Bound"));
      return;
    }
    if (volume.resizing()) {
      findings.add(
          new Finding(
              PreflightRule.CLAIM_RESIZING,
              "the claim " + volume.claimName() + " is being resized",
              "run again when that is done"));
    }
    if (volume.driver() == null) {
      findings.add(
          new Finding(
              PreflightRule.VOLUME_NOT_CSI,
              "the volume " + volume.volumeName() + " has no CSI driver",
              "move the database to a StorageClass with a CSI driver that makes snapshots"));
      return;
    }
    SnapshotSettings.Storage storage = expectation.storage();
    boolean releasePointMatters =
        expectation.demands().mode().lock().isPresent() && storage.releaseAt().isEmpty();
    switch (ClassChoice.among(cluster.classes(), storage.snapshotClass(), volume.driver())) {
      case ClassChoice.Unclear(Finding finding) -> findings.add(finding);
      case ClassChoice.Chosen _
          when releasePointMatters && DriverProfile.of(volume.driver()).isEmpty() ->
          findings.add(
              new Finding(
                  PreflightRule.RELEASE_POINT_UNKNOWN,
                  "driver " + volume.driver(),
                  "set RELEASE_AT=cut if its CreateSnapshot returns only after the cut, as CSI has"
                      + " it"));
      case ClassChoice.Chosen _ -> {}
    }
  }

  /// What does not lie on the mount of the data directory, by what it is.
  private static Map<String, String> filesElsewhere(
      DatabasePod pod, DatabasePod.Mount data, ServerFacts server) {
    Map<String, String> files = new TreeMap<>();
    DIRECTORIES.forEach(name -> files.put(name, server.variable(name)));
    for (String part : server.variable("innodb_data_file_path").split(";", -1)) {
      String file = part.split(":", 2)[0];
      files.put("innodb_data_file_path " + file, file);
    }
    server.dataFiles().forEach(file -> files.put("the table file " + file, file));
    Path dataDirectory = Path.of(server.dataDirectory());
    Map<String, String> elsewhere = new TreeMap<>();
    files.forEach(
        (what, file) -> {
          String path = dataDirectory.resolve(file).normalize().toString();
          Optional<String> claim =
              pod.mountOf(path).flatMap(mount -> Optional.ofNullable(mount.claimName()));
          if (!file.isEmpty() && !claim.equals(Optional.ofNullable(data.claimName()))) {
            elsewhere.put(what, path);
          }
        });
    return elsewhere;
  }
}
