package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.sandbox.Hook;
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

  /// In each mode the last creation that is not meant: then come the lock and the real one.
  private static final String REHEARSAL = "/volumesnapshots\\?dryRun=All$";

  private final Sandbox sandbox;
  private final Shop shop;
  private final Snapshots snapshots;
  private final Variant variant;

  ByJob(Sandbox sandbox, Shop shop, Snapshots snapshots, Variant variant) {
    this.sandbox = sandbox;
    this.shop = shop;
    this.snapshots = snapshots;
    this.variant = variant;
  }

  /// Until the writers are in their stride; the others come while the JVM starts.
  @Override
  public int rowsBefore() {
    return 1_000;
  }

  @Override
  public Taken take(Runnable beforeLock) {
    sandbox.faults().add(Hook.after("POST", REHEARSAL, beforeLock));
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
                        "SNAPSHOT_MODE",
                        variant.label(),
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
    if (!sandbox.faults().isEmpty()) {
      throw new IllegalStateException("snapshot-job has not rehearsed: no time before its lock");
    }
    JsonNode outcome = JsonMapper.shared().readTree(job.terminationMessage());
    String name = snapshotName(outcome);
    Instant cutSeen =
        Instant.parse(snapshots.find(name).annotation(SnapshotKeys.CUT_SEEN_AT).orElseThrow());
    Locking locking = locking(outcome.path("phases"));
    return new Taken(name, cutSeen, new Cost.Job(locking, job.wallTime(), job.peakRssKib()));
  }

  private Locking locking(JsonNode phases) {
    return variant == Variant.NONE
        ? new Locking.Nothing()
        : new Locking.Commits(
            seconds(phases.required("acquire")), seconds(phases.required("hold")));
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
