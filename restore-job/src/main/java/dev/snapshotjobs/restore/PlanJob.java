package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.RecoverableWindow;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.restore.Planning.Gathered;
import dev.snapshotjobs.restore.Planning.Proposal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One run of `plan` or `windows`: shows what could be done.
record PlanJob(Planning planning, Run run) {
  Conclusion execute(
      Target target, Optional<TimelineId> timeline, boolean quick, OutputFormat output) {
    Proposal proposal = planning.propose(target, timeline, quick, output);
    RecoveryPlan plan = proposal.plan();
    return shown(
        new PlanText(
            plan,
            plan.document(run.clock().instant(), Optional.empty()),
            proposal.snapshots().of(plan.base()),
            proposal.obstacles()),
        output,
        run);
  }

  /// Shows a plan with which the run ends.
  static Conclusion shown(PlanText text, OutputFormat output, Run run) {
    run.out().print(text.in(output));
    run.report().position("gtid_target", text.plan().cut().state().position().toString());
    return text.plan().isShort()
        ? new Conclusion(
            ExitCode.ATTENTION,
            "planned-in-part",
            RestoreReason.PLANNED_IN_PART,
            text.sentence(),
            "run binlog-archiver verify, which says of each damage what to do")
        : Conclusion.done("planned", RestoreReason.PLANNED, text.sentence());
  }

  /// Everything that a plan may be made for.
  Conclusion windows(OutputFormat output) {
    try {
      Gathered gathered = planning.gather();
      List<RestoreWindow> windows = new ArrayList<>();
      List<Chain> withoutBase = new ArrayList<>();
      Bases all = gathered.bases();
      for (Chain chain : gathered.histories().chains()) {
        List<Base> bases = all.of(chain);
        if (bases.isEmpty()) {
          withoutBase.add(chain);
        } else {
          windows.add(
              new RestoreWindow(
                  chain,
                  bases,
                  RecoverableWindow.of(
                      chain, planning.histories().caughtUp(chain, gathered.damages()))));
        }
      }
      run.out()
          .print(
              new WindowsText(run.clock().instant(), windows, withoutBase, all.unusable())
                  .in(output));
      return Conclusion.done(
          "reported",
          RestoreReason.REPORTED,
          "%d recoverable windows, %d snapshots that are no base"
              .formatted(windows.size(), all.unusable().size()));
    } catch (IOException e) {
      run.stop().throwIfRequested(); // it breaks what is being read
      throw Planning.damaged(e);
    }
  }
}
