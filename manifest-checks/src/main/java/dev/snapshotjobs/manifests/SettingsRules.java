package dev.snapshotjobs.manifests;

import dev.snapshotjobs.common.config.Configuration;
import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.config.Environment;
import dev.snapshotjobs.common.config.KnownSettings;
import dev.snapshotjobs.common.config.Problems;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What the settings of a job of ours have to be: right for the job itself, and in time.
final class SettingsRules {
  private SettingsRules() {}

  /// @param password a file that stands in for the Secret's
  static List<String> findings(Workload workload, Path password) {
    List<String> findings = new ArrayList<>();
    workload.settings().keySet().stream()
        .filter(variable -> !KnownSettings.VARIABLES.contains(variable))
        .forEach(variable -> findings.add(variable + " is no setting of any job"));
    problems(workload, password).forEach(problem -> findings.add("the job says: " + problem));
    if (ShippedJob.in(workload).asksTheDatabase()) {
      ofPasswordFile(workload, findings);
    }
    ofDeadlines(workload, findings);
    return findings;
  }

  /// Asks the job's own command, which also knows how its waits have to fit into its DEADLINE.
  private static List<Problems.Problem> problems(Workload workload, Path password) {
    Map<String, String> environment = new HashMap<>(workload.settings());
    environment.put("MARIADB_PASSWORD_FILE", password.toString());
    // In a pod, its own.
    environment.put("NAMESPACE", "shop");
    return Configuration.read(
            ShippedJob.in(workload).program(),
            workload.container().getArgs().toArray(String[]::new),
            new Environment(environment))
        .problems()
        .all();
  }

  private static void ofPasswordFile(Workload workload, List<String> findings) {
    String file = workload.settings().getOrDefault("MARIADB_PASSWORD_FILE", "");
    boolean mounted =
        workload.container().getVolumeMounts().stream()
            .anyMatch(mount -> file.startsWith(mount.getMountPath() + "/"));
    if (!mounted) {
      findings.add("MARIADB_PASSWORD_FILE " + file + " lies on no volume");
    }
  }

  /// From the inside out: the run ends itself, then the Job ends the run, then comes the next Job.
  private static void ofDeadlines(Workload workload, List<String> findings) {
    Duration ofRun =
        new DurationConverter().convert(workload.settings().getOrDefault("DEADLINE", "0s"));
    if (ofRun.isZero()) {
      findings.add("DEADLINE is not said, so it cannot be seen to fit");
    }
    int runs = 1 + Objects.requireNonNullElse(workload.job().getBackoffLimit(), 6);
    Duration ofJob =
        Duration.ofSeconds(
            Objects.requireNonNullElse(workload.job().getActiveDeadlineSeconds(), 0L));
    if (ofJob.compareTo(ofRun.multipliedBy(runs)) <= 0) {
      findings.add(
          "activeDeadlineSeconds %d is not more than %d runs of DEADLINE %s"
              .formatted(ofJob.toSeconds(), runs, DurationConverter.format(ofRun)));
    }
    Duration start =
        workload
            .schedule()
            .map(CronJobSpec::getStartingDeadlineSeconds)
            .map(Duration::ofSeconds)
            .orElse(Duration.ZERO);
    Duration longest = ShippedJob.in(workload).longest();
    if (start.plus(ofJob).compareTo(longest) >= 0) {
      findings.add(
          "a Job may be there for %s and longer".formatted(DurationConverter.format(longest)));
    }
  }
}
