package dev.snapshotjobs.manifests;

import dev.snapshotjobs.common.job.ExitCode;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What has to be true of every job of ours, apart from its pod's security and its settings.
final class WorkloadRules {
  /// A Job's name has eleven characters more, and a label takes 63.
  private static final int LONGEST_CRON_JOB_NAME = 52;

  /// What the frame allows itself after a stop, rounded up.
  private static final Duration LEAST_GRACE = Duration.ofSeconds(30);

  private WorkloadRules() {}

  /// @param version of this project, which images that are not given by digest have to be of
  static List<String> findings(Workload workload, String version) {
    List<String> findings = new ArrayList<>();
    workload.schedule().ifPresent(schedule -> ofSchedule(workload.name(), schedule, findings));
    ofRetries(workload, findings);
    ofContainer(workload, findings);
    ofImage(workload.container().getImage(), version, findings);
    return findings;
  }

  private static void ofSchedule(String name, CronJobSpec schedule, List<String> findings) {
    if (name.length() > LONGEST_CRON_JOB_NAME) {
      findings.add("the name has " + name.length() + " characters");
    }
    expect("Forbid", schedule.getConcurrencyPolicy(), "concurrencyPolicy", findings);
    if (schedule.getTimeZone() == null) {
      findings.add("timeZone is not said, so that of the controller counts");
    }
    if (schedule.getStartingDeadlineSeconds() == null
        || schedule.getStartingDeadlineSeconds() < 60) {
      findings.add("startingDeadlineSeconds is missing or short: a busy controller skips the run");
    }
  }

  private static void ofRetries(Workload workload, List<String> findings) {
    expect("Never", workload.pod().getRestartPolicy(), "restartPolicy", findings);
    expect("Failed", workload.job().getPodReplacementPolicy(), "podReplacementPolicy", findings);
    if (workload.job().getBackoffLimit() == null) {
      findings.add("backoffLimit is not said");
    }
    if (workload.job().getPodFailurePolicy() == null) {
      findings.add("there is no podFailurePolicy");
      return;
    }
    List<PodFailurePolicyRule> rules = workload.job().getPodFailurePolicy().getRules();
    Set<Integer> permanent =
        Arrays.stream(ExitCode.values())
            .filter(WorkloadRules::failsTheJobAtOnce)
            .map(ExitCode::code)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<Integer> failing =
        rules.stream()
            .filter(rule -> rule.getAction().equals("FailJob"))
            .flatMap(rule -> rule.getOnExitCodes().getValues().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    expect(permanent, failing, "exit codes that fail the Job at once", findings);
    for (PodFailurePolicyRule rule : rules) {
      if (rule.getOnExitCodes() != null) {
        expect("In", rule.getOnExitCodes().getOperator(), "operator", findings);
        expect(
            workload.container().getName(),
            rule.getOnExitCodes().getContainerName(),
            "containerName of the podFailurePolicy",
            findings);
      }
    }
    boolean ignored =
        rules.stream()
            .filter(rule -> rule.getAction().equals("Ignore"))
            .flatMap(rule -> rule.getOnPodConditions().stream())
            .anyMatch(condition -> condition.getType().equals("DisruptionTarget"));
    if (!ignored) {
      findings.add("an eviction counts as a failure");
    }
  }

  /// As docs/reference/exit-codes.md says it; a code that is new has to be given its place.
  private static boolean failsTheJobAtOnce(ExitCode code) {
    return switch (code) {
      case USAGE, REFUSED, ATTENTION -> true;
      case DONE, FAILED, STOPPED -> false;
    };
  }

  private static void ofContainer(Workload workload, List<String> findings) {
    expect(
        false,
        workload.pod().getEnableServiceLinks(),
        "enableServiceLinks (a Service called mariadb sets MARIADB_PORT)",
        findings);
    Long grace = workload.pod().getTerminationGracePeriodSeconds();
    if (grace == null || grace < LEAST_GRACE.toSeconds()) {
      findings.add("terminationGracePeriodSeconds is too short to unlock and report");
    }
    expect(
        "FallbackToLogsOnError",
        workload.container().getTerminationMessagePolicy(),
        "terminationMessagePolicy",
        findings);
    if (!workload.container().getResources().getLimits().containsKey("memory")) {
      findings.add("no limit of memory, which the size of the heap follows");
    }
    if (workload.container().getResources().getLimits().containsKey("cpu")) {
      findings.add("a limit of the CPU: a lock is held longer, a log archived later");
    }
    expect(
        ShippedJob.in(workload).asksTheApi(),
        workload.pod().getAutomountServiceAccountToken(),
        "automountServiceAccountToken",
        findings);
    if (ShippedJob.in(workload) == ShippedJob.SNAPSHOT) {
      ofSnapshotVariables(workload, findings);
    }
  }

  private static void ofSnapshotVariables(Workload workload, List<String> findings) {
    for (EnvVar variable : workload.container().getEnv()) {
      if (variable.getName().equals("POD_NAME")) {
        findings.add("POD_NAME is set, and means the database's pod");
      }
    }
    String jobName =
        workload.container().getEnv().stream()
            .filter(variable -> variable.getName().equals("JOB_NAME"))
            .map(variable -> variable.getValueFrom().getFieldRef().getFieldPath())
            .findFirst()
            .orElse("");
    expect(
        "metadata.labels['batch.kubernetes.io/job-name']", jobName, "source of JOB_NAME", findings);
  }

  private static void ofImage(String image, String version, List<String> findings) {
    String last = image.substring(image.lastIndexOf('/') + 1);
    if (image.contains("@")) {
      return;
    }
    if (!last.contains(":") || last.endsWith(":latest")) {
      findings.add("the image " + image + " is whatever is newest");
    } else if (!last.endsWith(":" + version)) {
      findings.add("the image " + image + " is not of this version");
    }
  }

  private static void expect(
      Object expected, @Nullable Object found, String what, List<String> findings) {
    if (!Objects.equals(expected, found)) {
      findings.add(what + " is " + found + ", not " + expected);
    }
  }
}
