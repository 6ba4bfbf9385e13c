package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshotClass;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The answer to the question which VolumeSnapshotClass is meant.
sealed interface ClassChoice {
  record Chosen(VolumeSnapshotClass snapshotClass) implements ClassChoice {}

  record Unclear(Finding finding) implements ClassChoice {}

  /// Takes the named class; without a name the default class of the driver, or its only one. The
  /// API itself would take a default silently, or refuse long after the lock when there are two.
  static ClassChoice among(
      List<VolumeSnapshotClass> classes, Optional<String> wanted, String driver) {
    List<VolumeSnapshotClass> fitting =
        classes.stream().filter(candidate -> candidate.driver().equals(driver)).toList();
    if (wanted.isPresent()) {
      String name = wanted.get();
      return classes.stream()
          .filter(candidate -> candidate.name().equals(name))
          .findFirst()
          .map(found -> checked(found, fitting, driver))
          .orElseGet(
              () ->
                  new Unclear(
                      new Finding(
                          PreflightRule.CLASS_UNKNOWN,
                          "there is no VolumeSnapshotClass " + name,
                          advice(fitting, driver))));
    }
    List<VolumeSnapshotClass> defaults =
        fitting.stream().filter(VolumeSnapshotClass::isDefault).toList();
    if (defaults.size() == 1) {
      return new Chosen(defaults.getFirst());
    }
    if (defaults.isEmpty() && fitting.size() == 1) {
      return new Chosen(fitting.getFirst());
    }
    return new Unclear(
        new Finding(
            PreflightRule.CLASS_UNCLEAR,
            "%d VolumeSnapshotClasses of driver %s, %d of them marked as default"
                .formatted(fitting.size(), driver, defaults.size()),
            advice(fitting, driver)));
  }

  private static ClassChoice checked(
      VolumeSnapshotClass found, List<VolumeSnapshotClass> fitting, String driver) {
    return found.driver().equals(driver)
        ? new Chosen(found)
        : new Unclear(
            new Finding(
                PreflightRule.CLASS_OF_OTHER_DRIVER,
                "VolumeSnapshotClass %s is for %s, but the volume is of %s"
                    .formatted(found.name(), found.driver(), driver),
                advice(fitting, driver)));
  }

  private static String advice(List<VolumeSnapshotClass> fitting, String driver) {
    return fitting.isEmpty()
        ? "create a VolumeSnapshotClass for the driver " + driver
        : "set VOLUME_SNAPSHOT_CLASS to one of: "
            + fitting.stream()
                .map(VolumeSnapshotClass::name)
                .sorted()
                .collect(Collectors.joining(", "));
  }
}
