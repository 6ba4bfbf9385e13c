package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.snapshot.Gathering.Gathered;
import java.io.PrintStream;
import java.util.stream.Collectors;

/// Shows a plan to a person: what a run would do, to what, within which limits.
final class PlanText {
  private PlanText() {}

  static void print(
      PrintStream out, SnapshotSettings settings, Gathered.Complete facts, SnapshotPlan plan) {
    SnapshotSettings.Limits limits = settings.limits();
    out.println("Plan (dry run, nothing is touched)");
    line(out, "instance", settings.instance());
    line(out, "pod", facts.cluster().pod().namespace() + "/" + facts.cluster().pod().name());
    line(out, "server", facts.server().version() + " at " + facts.connector().address());
    line(out, "claim", facts.cluster().volume().orElseThrow().claimName());
    line(out, "class", Gathering.snapshotClass(facts.cluster(), settings));
    line(
        out,
        "snapshot",
        switch (plan) {
          case SnapshotPlan.Take take -> take.name() + " (new)";
          case SnapshotPlan.Adopt adopt -> adopt.snapshot().name() + " (there already)";
        });
    line(
        out,
        "limits",
        "lock %d x %s, hold %s, ready %s"
            .formatted(
                limits.lockAttempts(),
                DurationConverter.format(limits.stage().lockWait()),
                DurationConverter.format(limits.stage().maxHold()),
                DurationConverter.format(limits.readyTimeout())));
    line(
        out,
        "to remove",
        plan.leftovers().isEmpty()
            ? "nothing"
            : plan.leftovers().stream()
                .map(VolumeSnapshot::name)
                .collect(Collectors.joining(", ")));
    facts.findings().forEach(finding -> line(out, "warning", finding.toString()));
  }

  private static void line(PrintStream out, String name, String value) {
    out.printf("  %-10s %s%n", name, value);
  }
}
