package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Objects;
import java.util.Optional;

/// How a Job has ended.
///
/// @param reason as in its condition, such as `BackoffLimitExceeded`
public record JobEnd(boolean succeeded, String reason, String message) {

  /// Empty while it has not.
  static Optional<JobEnd> of(Job job) {
    return condition(job, "Complete").or(() -> condition(job, "Failed"));
  }

  /// What is decided already while Pods still run.
  static Optional<JobEnd> decided(Job job) {
    return condition(job, "SuccessCriteriaMet").or(() -> condition(job, "FailureTarget"));
  }

  private static Optional<JobEnd> condition(Job job, String type) {
    if (job.getStatus() == null) {
      return Optional.empty();
    }
    boolean success = type.equals("Complete") || type.equals("SuccessCriteriaMet");
    return job.getStatus().getConditions().stream()
        .filter(each -> each.getType().equals(type) && each.getStatus().equals("True"))
        .map(
            each ->
                new JobEnd(
                    success,
                    Objects.requireNonNullElse(each.getReason(), ""),
                    Objects.requireNonNullElse(each.getMessage(), "")))
        .findFirst();
  }
}
