package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.snapshot.DriverProfile;
import dev.snapshotjobs.snapshot.Gathering.Gathered;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// A plan in words: what a run would do, to what, within which limits.
record PlanText(Map<String, Object> lines) {
  static PlanText of(SnapshotSettings settings, Gathered.Complete facts, SnapshotPlan plan) {
    SnapshotSettings.Limits limits = settings.limits();
    DriverProfile driver = settings.storage().profileOf(Gathering.driver(facts.cluster()));
    Map<String, Object> lines = new LinkedHashMap<>();
    lines.put("instance", settings.instance());
    lines.put("pod", facts.cluster().pod().namespace() + "/" + facts.cluster().pod().name());
    lines.put("server", facts.server().version() + " at " + facts.connector().address());
    lines.put("claim", facts.cluster().volume().orElseThrow().claimName());
    lines.put("class", Gathering.snapshotClass(facts.cluster(), settings));
    lines.put(
        "snapshot",
        switch (plan) {
          case SnapshotPlan.Take take ->
              take.name()
                  + " (new"
                  + (take.notBefore().isAfter(Instant.EPOCH)
                      ? ", not before " + take.notBefore()
                      : "")
                  + ")";
          case SnapshotPlan.Adopt adopt -> adopt.snapshot().name() + " (there already)";
        });
    lines.put("mode", settings.demands().mode().toString());
    lines.put(
        "limits",
        settings
                .demands()
                .mode()
                .lock()
                .map(
                    lock ->
                        "%s %d x %s, hold %s until %s, "
                            .formatted(
                                lock.title().replaceFirst("the ", ""),
                                limits.lockAttempts(),
                                DurationConverter.format(limits.lock().lockWait()),
                                DurationConverter.format(limits.lock().maxHold()),
                                driver.releaseAt()))
                .orElse("")
            + "ready "
            + DurationConverter.format(limits.readyTimeout()));
    lines.put(
        "catalogue",
        settings
            .catalogue()
            .map(catalogue -> catalogue.address(settings.instance() + "/catalog/"))
            .orElse("none, for S3_BUCKET is not set"));
    lines.put("to remove", plan.leftovers().stream().map(VolumeSnapshot::name).toList());
    lines.put("warnings", facts.findings().stream().map(Finding::toString).toList());
    return new PlanText(lines);
  }

  String in(OutputFormat format) {
    return switch (format) {
      case JSON -> JsonMapper.shared().writeValueAsString(lines) + "\n";
      case TABLE ->
          "Plan (dry run, nothing is touched)\n"
              + lines.entrySet().stream()
                  .map(line -> "  %-10s %s%n".formatted(line.getKey(), shown(line.getValue())))
                  .collect(Collectors.joining());
    };
  }

  private static String shown(Object value) {
    return value instanceof Iterable<?> list && !list.iterator().hasNext()
        ? "nothing"
        : value.toString();
  }
}
