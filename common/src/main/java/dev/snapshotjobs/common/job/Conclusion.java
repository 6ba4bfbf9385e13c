package dev.snapshotjobs.common.job;

import dev.snapshotjobs.common.config.Problems;
import java.util.Locale;
import java.util.stream.Collectors;

/// How a run ended, in the words of its job: the verdict is a word or two for machines
/// (`consistent`, `nothing-to-do`), the message a sentence for people, and the next step what they
/// should do about it ("" only when the run is done).
public record Conclusion(
    ExitCode exit, String verdict, Reason reason, String message, String nextStep) {

  public Conclusion {
    if (!verdict.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
      throw new IllegalArgumentException("a verdict is a word for machines, not: " + verdict);
    }
    if (nextStep.isBlank() && exit != ExitCode.DONE) {
      throw new IllegalArgumentException(exit + " needs a next step");
    }
  }

  public static Conclusion done(String verdict, Reason reason, String message) {
    return new Conclusion(ExitCode.DONE, verdict, reason, message, "");
  }

  static Conclusion misconfigured(Problems problems) {
    String all =
        problems.all().stream().map(Problems.Problem::toString).collect(Collectors.joining(" | "));
    return new Conclusion(
        ExitCode.USAGE,
        "misconfigured",
        FrameReason.CONFIGURATION,
        problems.all().size() + (problems.all().size() == 1 ? " problem: " : " problems: ") + all,
        "Correct the settings named; nothing was touched.");
  }

  static Conclusion of(JobException end) {
    String nextStep = end.nextStep().isBlank() ? "See the log of this run." : end.nextStep();
    return new Conclusion(
        end.exit(),
        end.exit().name().toLowerCase(Locale.ROOT),
        end.reason(),
        end.getMessage(),
        nextStep);
  }

  /// `detail` is what the job said when it ended, or "".
  static Conclusion stopped(StopSignal.Cause cause, String detail) {
    String more = detail.isBlank() ? "" : " " + detail;
    return switch (cause) {
      case SIGNAL ->
          new Conclusion(
              ExitCode.STOPPED,
              "stopped",
              FrameReason.STOPPED,
              FrameReason.STOPPED.sentence() + more,
              "None; the next run goes on.");
      case DEADLINE ->
          new Conclusion(
              ExitCode.FAILED,
              "stopped",
              FrameReason.DEADLINE,
              FrameReason.DEADLINE.sentence() + more,
              "See in the phases where the time went; a larger --deadline gives more of it.");
    };
  }

  static Conclusion unexpected(Throwable error) {
    return new Conclusion(
        ExitCode.FAILED,
        "failed",
        FrameReason.UNEXPECTED,
        error.getClass().getName() + ": " + error.getMessage(),
        "See the stack trace in the log of this run.");
  }
}
