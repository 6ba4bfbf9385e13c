package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The StatefulSet whose claim was cut, as it is now.
///
/// @param template the name of the claim template that the claim is of
record SourceSet(StatefulSet set, String template) {
  private static final String CONTAINER = "mariadb";

  /// The one whose claims have the name of the entry's: `<template>-<set>-<ordinal>`.
  static Optional<SourceSet> of(CatalogueEntry entry, List<StatefulSet> sets) {
    String claim = entry.claim().name();
    return sets.stream()
        .flatMap(
            set ->
                set.getSpec().getVolumeClaimTemplates().stream()
                    .map(SourceSet::name)
                    .filter(template -> isClaimOf(claim, template, set))
                    .map(template -> new SourceSet(set, template)))
        .findFirst();
  }

  private static boolean isClaimOf(String claim, String template, StatefulSet set) {
    return claim.matches(Pattern.quote(template + "-" + set.getMetadata().getName()) + "-\\d+");
  }

  String name() {
    return set.getMetadata().getName();
  }

  PodSpec pod() {
    return set.getSpec().getTemplate().getSpec();
  }

  /// The container called so, else the one that mounts the claim.
  Container database() {
    List<Container> containers = pod().getContainers();
    return containers.stream()
        .filter(container -> container.getName().equals(CONTAINER))
        .findFirst()
        .or(() -> containers.stream().filter(this::mountsData).findFirst())
        .orElse(containers.getFirst());
  }

  private boolean mountsData(Container container) {
    return container.getVolumeMounts().stream().anyMatch(mount -> mount.getName().equals(template));
  }

  /// Claims that a restore has no data for.
  List<String> otherTemplates() {
    return set.getSpec().getVolumeClaimTemplates().stream()
        .map(SourceSet::name)
        .filter(name -> !name.equals(template))
        .toList();
  }

  private static String name(PersistentVolumeClaim claim) {
    return claim.getMetadata().getName();
  }

  /// What mounts a file into the database's container; empty if nothing does, or the claim.
  Optional<MountedFile> mountOf(String file) {
    return MountedFile.find(file, database().getVolumeMounts(), pod().getVolumes());
  }

  /// Whether a file is a part of what was cut.
  boolean isOnClaim(String file) {
    return MountedFile.mountOf(file, database().getVolumeMounts())
        .filter(mount -> mount.getName().equals(template))
        .isPresent();
  }
}
