package dev.snapshotjobs.common.job;

import dev.snapshotjobs.common.config.Checked;
import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.Problems;

/// A job as the frame sees it: a picocli command object with its settings.
public interface JobCommand extends JobProgram, Checked {

  /// The mixin with the settings that every job has.
  CommonOptions common();

  default String instance() {
    return common().instance();
  }

  /// Rules between settings; adds every problem. Those of mixins are checked by the frame.
  @Override
  void check(Problems problems);

  /// Gather, plan, show, act, report.
  Conclusion run(Run run) throws Exception;
}
