package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A restore: which snapshot becomes a volume, under which name, and what is done to its data.
///
/// @param id the name of all its objects
record Restore(String id, CatalogueEntry base, Purpose purpose) {
  /// A Job's name has eleven characters more in its pods' names, and those take 63.
  static final int LONGEST_ID = 52;

  private static final Pattern ID = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

  /// What is done to the data.
  sealed interface Purpose {
    /// They are brought to the end of a plan, which lies in the bucket under the restore's id.
    record Recovery(PlanDocument plan) implements Purpose {}

    /// They stay as they were cut.
    record Clone() implements Purpose {}
  }

  Restore {
    if (!isId(id)) {
      throw new IllegalArgumentException("no restore has the id " + id);
    }
  }

  static boolean isId(String text) {
    return text.length() <= LONGEST_ID && ID.matcher(text).matches();
  }

  /// What each of its objects bears.
  Map<String, String> labels() {
    return Map.of(
        "app.kubernetes.io/name",
        "restore-job", // what the NetworkPolicy of kustomize/components/network-policy selects
        "app.kubernetes.io/component",
        "restore",
        "app.kubernetes.io/part-of",
        "mariadb-snapshot-jobs",
        "app.kubernetes.io/managed-by",
        "restore-job",
        SnapshotKeys.INSTANCE,
        base.instance(),
        RestoreKeys.RESTORE,
        id);
  }

  /// What tells it from another restore that was given the same id.
  Map<String, String> annotations() {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(RestoreKeys.SNAPSHOT, base.snapshot().name());
    annotations.put(RestoreKeys.SNAPSHOT_UID, base.snapshot().uid());
    if (purpose instanceof Purpose.Recovery(PlanDocument plan)) {
      annotations.put(RestoreKeys.PLAN, plan.id());
      annotations.put(RestoreKeys.TARGET, plan.target());
      annotations.put(RestoreKeys.GTID_TARGET, plan.end().position().toString());
    }
    return annotations;
  }

  /// Whether an object of its name is its own.
  boolean owns(Map<String, String> labels, Map<String, String> annotations) {
    Map<String, String> own = annotations();
    return id.equals(labels.get(RestoreKeys.RESTORE))
        && base.instance().equals(labels.get(SnapshotKeys.INSTANCE))
        && List.of(RestoreKeys.SNAPSHOT_UID, RestoreKeys.PLAN).stream()
            .allMatch(key -> own.getOrDefault(key, "").equals(annotations.getOrDefault(key, "")));
  }

  /// How a command that runs in its pod is called.
  List<String> arguments(String command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    switch (purpose) {
      case Purpose.Recovery _ -> arguments.addAll(List.of("--restore-id", id));
      case Purpose.Clone _ -> arguments.addAll(List.of("--clone-of", base.snapshot().name()));
    }
    return arguments;
  }
}
