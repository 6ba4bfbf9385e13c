package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.Sandbox;
import dev.snapshotjobs.snapshot.Main;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// snapshot-job in a JVM of its own, each time a cold one: that is how a CronJob runs it.
final class ByJob implements SnapshotMethod {
  private static final Duration AT_MOST = Duration.ofMinutes(2);

  private final Sandbox sandbox;
  private final Shop shop;
  private final Snapshots snapshots;

  ByJob(Sandbox sandbox, Shop shop, Snapshots snapshots) {
    this.sandbox = sandbox;
    this.shop = shop;
    this.snapshots = snapshots;
  }

  @Override
  public Variant variant() {
    return Variant.BACKUP_STAGE;
  }

  /// Until the writers are in their stride; the others come while the JVM starts.
  @Override
  public int rowsBefore() {
    return 1_000;
  }

  @Override
  public Taken take() {
    JobProcess job =
        sandbox.startJob(
            JobProcess.Spec.of(Main.class.getName())
                .withEnv(
                    Map.of(
                        "INSTANCE",
                        "shop",
                        "NAMESPACE",
                        Shop.NAMESPACE,
                        "STATEFULSET",
                        "mariadb",
                        "VOLUME_SNAPSHOT_CLASS",
                        Snapshots.CLASS,
                        "MARIADB_USER",
                        Shop.JOB_USER,
                        "MARIADB_PASSWORD_FILE",
                        shop.passwordFile().toString()))
                .withJvmArgs("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    int exit = job.awaitExit(AT_MOST);
    if (exit != 0) {
      throw new IllegalStateException("snapshot-job ended with " + exit + ":\n" + job.stderr());
    }
    JsonNode outcome = JsonMapper.shared().readTree(job.terminationMessage());
    Duration hold = seconds(outcome.path("phases").path("hold"));
    String name = snapshotName(outcome);
    Instant cutSeen =
        Instant.parse(snapshots.find(name).annotation(SnapshotKeys.CUT_SEEN_AT).orElseThrow());
    return new Taken(name, cutSeen, new Cost.Job(hold, job.wallTime(), job.peakRssKib()));
  }

  private static Duration seconds(JsonNode number) {
    return Duration.ofNanos(number.asDecimal().movePointRight(9).longValueExact());
  }

  private static String snapshotName(JsonNode outcome) {
    for (JsonNode object : outcome.path("objects")) {
      if (object.path("kind").asString().equals("VolumeSnapshot")) {
        return object.path("name").asString();
      }
    }
    throw new IllegalStateException("the outcome names no VolumeSnapshot: " + outcome);
  }
}
