package dev.snapshotjobs.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules bite: each breach of one, planted into a Job that keeps all of them, is found.
class RulesTest {
  @TempDir private Path directory;

  @Test
  void findsNothingInTheOriginal() throws IOException {
    assertThat(findings(original())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          values: [2, 3, 4]             | values: [2, 3]                  | exit codes that fail
          values: [2, 3, 4]             | values: [1, 2, 3, 4]            | exit codes that fail
          containerName: snapshot-job   | containerName: job              | containerName
          type: DisruptionTarget        | type: Ready                     | an eviction counts
          restartPolicy: Never          | restartPolicy: OnFailure        | restartPolicy
          podReplacementPolicy: Failed  | suspend: false                  | podReplacementPolicy
          snapshot-job:0.1.0-SNAPSHOT   | snapshot-job:latest             | whatever is newest
          snapshot-job:0.1.0-SNAPSHOT   | snapshot-job                    | whatever is newest
          snapshot-job:0.1.0-SNAPSHOT   | snapshot-job:0.0.9              | not of this version
          enableServiceLinks: false     | enableServiceLinks: true        | enableServiceLinks
          PeriodSeconds: 45             | PeriodSeconds: 5                | too short to unlock
          - name: JOB_NAME              | - name: POD_NAME                | POD_NAME is set
          runAsNonRoot: true            | runAsUser: 0                    | runs as root
          type: RuntimeDefault          | type: Unconfined                | seccompProfile
          Escalation: false             | Escalation: true                | allowPrivilegeEscalation
          readOnlyRootFilesystem: true  | privileged: true                | can write to its root
          drop: [ALL]                   | drop: [NET_RAW]                 | keeps capabilities
          emptyDir:                     | hostPath:                       | of no allowed type
          name: INSTANCE                | name: INSTANZ                   | is no setting of any job
          value: 3h                     | value: 4h                       | is not more than 3 runs
          value: 3h                     | value: 30m                      | shorter than the waits
          activeDeadlineSeconds: 36000  | activeDeadlineSeconds: 90000    | until the next one is due
          mountPath: /secrets/mariadb   | mountPath: /elsewhere           | MARIADB_PASSWORD_FILE
          """)
  void findsABreach(String right, String wrong, String finding) throws IOException {
    String original = original();
    String broken = original.replace(right, wrong).replace("sizeLimit: 16Mi", planted(wrong));

    assertThat(broken).isNotEqualTo(original);
    assertThat(findings(broken)).anySatisfy(found -> assertThat(found).contains(finding));
  }

  /// A volume of the host has no size.
  private static String planted(String wrong) {
    return wrong.equals("hostPath:") ? "path: /tmp" : "sizeLimit: 16Mi";
  }

  private static String original() throws IOException {
    return Files.readString(Path.of("../manifests/snapshot-now.yaml"));
  }

  private List<String> findings(String yaml) throws IOException {
    Path password = Files.writeString(directory.resolve("password"), "secret");
    List<String> findings = new ArrayList<>();
    for (Workload workload : Workload.in(ParsedObjects.of(yaml))) {
      findings.addAll(WorkloadRules.findings(workload, System.getProperty("project.version", "")));
      findings.addAll(PodSecurityRules.findings(workload.pod()));
      findings.addAll(SettingsRules.findings(workload, password));
    }
    return findings;
  }
}
