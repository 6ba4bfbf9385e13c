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
          activeDeadlineSeconds: 36000  | activeDeadlineSeconds: 90000    | may be there for 1d
          mountPath: /secrets/mariadb   | mountPath: /elsewhere           | MARIADB_PASSWORD_FILE
          """)
  void findsABreach(String right, String wrong, String finding) throws IOException {
    String original = original();
    String broken = original.replace(right, wrong).replace("sizeLimit: 16Mi", planted(wrong));

    assertThat(broken).isNotEqualTo(original);
    assertThat(findings(broken)).anySatisfy(found -> assertThat(found).contains(finding));
  }

  /// In an overlay that has everything: what takes more than one Job to break. `\n` ends a line.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          - archive\\n                    | - archives\\n                 | the job says
          DEADLINE: 6h                   | DEADLINE: 12h                  | is not more than 2 runs
          activeDeadlineSeconds: 46800   | activeDeadlineSeconds: 86400   | may be there for 1d
          S3_BUCKET: example             | S3_BUCKET: EXAMPLE             | the job says
          AWS_REGION: eu                 | AWS_REGIO: eu                  | no setting of any job
          MARIADB_HOST: mariadb-0        | S3_PREFIX: mariadb-0           | --mariadb-host
          containerName: binlog-archiver | containerName: snapshot-job    | containerName
          AccountToken: false            | AccountToken: true             | automountServiceAccountToken
          Account\\n  name: mariadb-snap  | Account\\n  name: mariadb-binlog-archiver #     | no code needs
          port: 6443                     | port: 8443                     | the API server
          port: 443                      | port: 6443                     | the API server
          port: 3306                     | port: 3307                     | needs [53, 443, 3306]
          - Ingress\\n                    | - Other\\n                      | can be talked to
          name: mariadb-snapshot\\n      | name: mariadb-snapshot-of-the-database-of-two-shops-at-once\\n | the name has 53 characters
          concurrencyPolicy: Forbid      | concurrencyPolicy: Allow       | concurrencyPolicy
          timeZone: Etc/UTC              | timeZone:                      | timeZone is not said
          DeadlineSeconds: 3600          | DeadlineSeconds: 30            | startingDeadlineSeconds
          startingDeadlineSeconds: 900   | startingDeadlineSeconds:       | startingDeadlineSeconds
          backoffLimit: 1                | backoffLimit:                  | backoffLimit is not said
          FallbackToLogsOnError          | File                           | terminationMessagePolicy
          64Mi\\n                memory | 64Mi\\n                cpu    | no limit of memory
          64Mi\\n                memory | 64Mi\\n                cpu    | a limit of the CPU
          Labels:\\n      app             | Labels:\\n      other           | has 0 network policies
          """)
  void findsABreachInATree(String right, String wrong, String finding) throws IOException {
    String original = Kustomize.text(Path.of("../kustomize/overlays/production"));
    String broken = original.replace(lines(right), lines(wrong));

    assertThat(broken).isNotEqualTo(original);
    assertThat(findings(original)).isEmpty();
    assertThat(findings(broken)).anySatisfy(found -> assertThat(found).contains(finding));
  }

  private static String lines(String cell) {
    return cell.replace("\\n", "\n");
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
    ParsedObjects objects = ParsedObjects.of(yaml);
    // The account of a Job that stands alone is elsewhere.
    List<String> findings =
        new ArrayList<>(objects.all().size() == 1 ? List.of() : TreeRules.findings(objects));
    for (Workload workload : Workload.in(objects)) {
      findings.addAll(WorkloadRules.findings(workload, System.getProperty("project.version", "")));
      findings.addAll(PodSecurityRules.findings(workload.pod()));
      findings.addAll(SettingsRules.findings(workload, password));
    }
    return findings;
  }
}
