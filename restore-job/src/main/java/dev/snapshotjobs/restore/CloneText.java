package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.report.TextTable;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// A clone as it is told beforehand.
///
/// @param standing what the cluster says of the snapshot
record CloneText(Restore restore, ClusterSnapshots.Standing standing) {
  String in(OutputFormat format) {
    return switch (format) {
      case JSON -> JsonMapper.shared().writeValueAsString(fields()) + "\n";
      case TABLE -> table();
    };
  }

  String sentence() {
    return "snapshot %s becomes PersistentVolumeClaim %s"
        .formatted(restore.base().snapshot().name(), restore.id());
  }

  private String table() {
    TextTable table = new TextTable("A clone", restore.id());
    table.row("takes snapshot", restore.base().snapshot().name());
    table.row("  cut", restore.base().cutAt().toString());
    table.row("  object", "the VolumeSnapshot " + standing.words());
    table.row("  state", restore.base().state().label());
    notInSnapshot().ifPresent(what -> table.row("  not in it", what));
    return table.toString();
  }

  private Optional<String> notInSnapshot() {
    return Optional.ofNullable(restore.base().annotations().get(SnapshotKeys.NOT_REPLAYED));
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", 1);
    fields.put("id", restore.id());
    fields.put("instance", restore.base().instance());
    Map<String, Object> snapshot = new LinkedHashMap<>();
    snapshot.put("namespace", restore.base().snapshot().namespace());
    snapshot.put("name", restore.base().snapshot().name());
    snapshot.put("uid", restore.base().snapshot().uid());
    snapshot.put("standing", standing.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    snapshot.put("cutAt", restore.base().cutAt().toString());
    snapshot.put("driver", restore.base().content().driver());
    snapshot.put("handle", restore.base().content().handle());
    fields.put("snapshot", snapshot);
    return fields;
  }
}
