package dev.snapshotjobs.demo;

import dev.snapshotjobs.common.objects.StoredObject;
import dev.snapshotjobs.sandbox.DatabasePod;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.MariaDbDeployment;
import dev.snapshotjobs.sandbox.MariaDbServer;
import dev.snapshotjobs.sandbox.S3Server;
import dev.snapshotjobs.sandbox.Sandbox;
import dev.snapshotjobs.sandbox.WriteLoad;
import dev.snapshotjobs.snapshot.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A shop under load is snapshotted by the real job, its binary log is archived by another, and
/// when a table was dropped a third one recovers to right before that. Both the snapshot and what
/// was recovered are held against what the writers know. Exit code 0 means that they were exact.
public final class Demo {
  private static final int WRITERS = 4;
  private static final Duration JOB_MAY_TAKE = Duration.ofMinutes(2);

  private final Story story = new Story(System.out);

  private Demo() {}

  public static void main(String[] args) throws Exception {
    System.exit(new Demo().tell() ? 0 : 1);
  }

  private boolean tell() throws IOException, InterruptedException, SQLException {
    story.title(
        "mariadb-snapshot-jobs: a consistent snapshot of a database that is being written to");
    try (Sandbox sandbox = Sandbox.start();
        S3Server store = S3Server.start()) {
      Bucket bucket = new Bucket(store);
      story.chapter("A shop under load");
      DatabasePod pod =
          sandbox
              .deployMariaDb(
                  MariaDbDeployment.standard()
                      .withArgs("--log-bin=mysql-bin", "--server-id=1", "--sync-binlog=1"))
              .getFirst();
      Path password = prepareAccount(pod);
      try (WriteLoad load = WriteLoad.start(pod.jdbcUrl(""), WRITERS, List.of("InnoDB"))) {
        load.awaitMore(2_000);
        story.fact("database", serverVersion(pod) + ", StatefulSet mariadb, claim " + pod.claim());
        story.fact("writers", WRITERS + " connections, each row a commit, never stopping");
        story.fact("so far", "%,d orders".formatted(load.count()));
        return tellAll(sandbox, pod, load, password, bucket);
      } finally {
        Files.deleteIfExists(password);
      }
    }
  }

  private boolean tellAll(
      Sandbox sandbox, DatabasePod pod, WriteLoad load, Path password, Bucket bucket)
      throws SQLException, InterruptedException {
    story.chapter("snapshot-job, as its image would run it");
    Map<String, String> settings = new HashMap<>(bucket.settings());
    settings.putAll(
        Map.of(
            "NAMESPACE", "shop",
            "STATEFULSET", "mariadb",
            "VOLUME_SNAPSHOT_CLASS", "sandbox",
            "MARIADB_USER", "snapshot_job",
            "MARIADB_PASSWORD_FILE", password.toString()));
    long begun = System.nanoTime();
    JobProcess job =
        sandbox.startJob(
            JobProcess.Spec.of(Main.class.getName())
                .withEnv(settings)
                .withJvmArgs("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    int exit = job.awaitExit(JOB_MAY_TAKE);
    load.awaitMore(1_000);
    JsonNode outcome = JsonMapper.shared().readTree(job.terminationMessage());
    story.fact("exit code", "%d after %s".formatted(exit, seconds(job.wallTime())));
    story.fact("verdict", outcome.path("verdict").asString());
    if (exit != 0) {
      story.fact("why", outcome.path("message").asString());
      story.fact("next step", outcome.path("next_step").asString());
      story.quote(job.stderr());
      return false;
    }
    String gtid = outcome.path("positions").path("gtid_binlog_pos").asString();
    story.fact(
        "position",
        "GTID %s, %s:%s"
            .formatted(
                gtid,
                outcome.path("positions").path("binlog_file").asString(),
                outcome.path("positions").path("binlog_offset").asString()));
    tellStall(sandbox, load.longestStall(begun, System.nanoTime()), outcome.path("phases"));
    boolean exact = restoreSnapshot(sandbox, load, snapshotName(outcome), gtid);
    Optional<Invoices> dropped = archive(pod, load, new Archiver(sandbox, pod, password, bucket));
    load.stop();
    if (dropped.isEmpty()) {
      return false;
    }
    Optional<String> drop = ask(new Questions(sandbox, bucket));
    if (drop.isEmpty()) {
      return false;
    }
    exact &= recover(new Recovery(sandbox, bucket), load, drop.get(), dropped.get());
    story.verdict(
        exact,
        "Exact: snapshot and recovery hold every commit up to their GTID and none after it, and the"
            + " table is back.",
        "NOT EXACT. This is a bug; please report it with everything above.");
    return exact;
  }

  private boolean restoreSnapshot(Sandbox sandbox, WriteLoad load, String snapshot, String gtid)
      throws SQLException {
    story.chapter("The snapshot, restored into a second server");
    long restoring = System.nanoTime();
    try (MariaDbServer restored = sandbox.restoreServer("shop", snapshot, "--skip-log-bin=0")) {
      story.fact("snapshot", snapshot);
      story.fact("server up", "after %.1f s".formatted((System.nanoTime() - restoring) / 1e9));
      return tellComparison(load, restored, sequence(gtid));
    }
  }

  /// Twice, with some thousand commits between, and a mistake.
  ///
  /// @return what was lost by the mistake; empty if something went wrong
  private Optional<Invoices> archive(DatabasePod pod, WriteLoad load, Archiver archiver)
      throws SQLException, InterruptedException {
    story.chapter("binlog-archiver, while the writers go on");
    if (!tellArchived("first run", archiver.run(), load)) {
      return Optional.empty();
    }
    load.awaitMore(1_000);
    execute(pod, "FLUSH BINARY LOGS");
    Invoices.write(pod.server());
    load.awaitMore(1_000);
    Invoices lost = Invoices.in(pod.server());
    Invoices.drop(pod.server());
    load.awaitMore(1_000);
    story.fact("a mistake", "DROP TABLE %s, which had %s".formatted(Invoices.TABLE, lost));
    if (!tellArchived("second run", archiver.run(), load)) {
      return Optional.empty();
    }
    String name = "bucket";
    for (StoredObject object : archiver.bucket().objects()) {
      story.fact(name, "%,11d bytes  %s".formatted(object.size(), object.key()));
      name = "";
    }
    return Optional.of(lost);
  }

  /// What somebody asks at three in the morning.
  ///
  /// @return the transaction to stop at; empty if something went wrong
  private Optional<String> ask(Questions questions) {
    story.chapter("Who dropped %s, and what would a recovery give?".formatted(Invoices.TABLE));
    Questions.Answer found = questions.ask("find", "--table", Invoices.TABLE);
    if (!tell("find", found)) {
      return Optional.empty();
    }
    Matcher gtid = Pattern.compile("--before-gtid (\\S+)").matcher(found.text());
    if (!gtid.find()) {
      story.fact("missing", "find has named no transaction");
      return Optional.empty();
    }
    return tell("plan", questions.ask("plan", "--before-gtid", gtid.group(1)))
        ? Optional.of(gtid.group(1))
        : Optional.empty();
  }

  private boolean recover(Recovery recovery, WriteLoad load, String drop, Invoices dropped)
      throws SQLException {
    story.chapter("restore-job pitr, to right before the DROP TABLE");
    Recovery.Ended ended = recovery.run(drop);
    story.fact("exit code", "%d after %s".formatted(ended.exit(), seconds(ended.wallTime())));
    story.fact("verdict", ended.outcome().path("verdict").asString());
    if (ended.exit() != 0) {
      story.fact("why", ended.outcome().path("message").asString());
      story.fact("next step", ended.outcome().path("next_step").asString());
      story.quote(ended.errors());
      return false;
    }
    String name = "wall time";
    for (Map.Entry<String, Duration> phase : ended.phases().entrySet()) {
      story.fact(
          name, "%5.2f s  %s".formatted(phase.getValue().toMillis() / 1000.0, phase.getKey()));
      name = "";
    }
    MariaDbServer restored = recovery.server().server();
    Invoices back = Invoices.in(restored);
    story.fact("invoices", "%s; before the DROP TABLE %s".formatted(back, dropped));
    boolean exact = tellComparison(load, restored, sequence(drop) - 1);
    return exact && back.equals(dropped);
  }

  private boolean tell(String command, Questions.Answer answer) {
    story.fact(
        command, "exit code %d after %s".formatted(answer.exit(), seconds(answer.wallTime())));
    story.quote(answer.exit() == 0 ? answer.text() : answer.errors());
    return answer.exit() == 0;
  }

  private boolean tellArchived(String run, Archiver.Ended ended, WriteLoad load) {
    story.fact(run, "exit code %d after %s".formatted(ended.exit(), seconds(ended.wallTime())));
    for (String part : ended.outcome().path("message").asString().split("; ", -1)) {
      story.more(part);
    }
    if (ended.exit() != 0) {
      story.quote(ended.errors());
      return false;
    }
    long lost =
        load.commits().stream()
            .filter(commit -> commit.sequence() > ended.sequence())
            .mapToLong(commit -> ended.atNanos() - commit.acknowledgedNanos())
            .max()
            .orElse(0);
    story.more(
        "as the writers know: a server lost right then takes %d ms of commits with it"
            .formatted(Math.max(0, lost) / 1_000_000));
    return true;
  }

  private void tellStall(Sandbox sandbox, WriteLoad.Stall stall, JsonNode phases) {
    Duration copying = stall.length().minus(stall.without(sandbox.pauses()));
    Duration cut = Duration.ofMillis(Math.round(phases.path("cut").asDouble() * 1000));
    story.fact(
        "commits", "waited %s at most, as the writers saw it:".formatted(millis(stall.length())));
    story.more(
        "%s until the storage had made its cut (%s of it: the sandbox copies files, and storage does not)"
            .formatted(millis(cut), millis(copying).strip()));
    story.more(
        millis(stall.length().minus(cut))
            + " for all else: lock, flushes, position, creation, proof");
  }

  private boolean tellComparison(WriteLoad load, MariaDbServer restored, long sequence)
      throws SQLException {
    WriteLoad.Comparison comparison = load.compare(restored.jdbcUrl(""), sequence);
    story.fact(
        "orders",
        "%,d written so far, %,d of them up to GTID 0-1-%d"
            .formatted(load.count(), comparison.expected(), sequence));
    story.fact(
        "found",
        "%,d; missing %,d, from after that GTID %,d"
            .formatted(
                comparison.found(), comparison.missing().size(), comparison.surplus().size()));
    return comparison.exact();
  }

  private static long sequence(String gtid) {
    return Long.parseLong(gtid.substring(gtid.lastIndexOf('-') + 1));
  }

  private static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }

  private static String snapshotName(JsonNode outcome) {
    for (JsonNode object : outcome.path("objects")) {
      if (object.path("kind").asString().equals("VolumeSnapshot")) {
        return object.path("name").asString();
      }
    }
    throw new IllegalStateException("the outcome names no VolumeSnapshot: " + outcome);
  }

  /// The accounts of the jobs, with no more rights than they need, and their password in a file.
  private static Path prepareAccount(DatabasePod pod) throws SQLException, IOException {
    String password = "demo-" + Long.toHexString(System.nanoTime());
    execute(
        pod,
        "CREATE USER snapshot_job@'%' IDENTIFIED BY '" + password + "'",
        "GRANT RELOAD, BINLOG MONITOR, PROCESS, REFERENCES ON *.* TO snapshot_job@'%'",
        "CREATE USER binlog_archiver@'%' IDENTIFIED BY '" + password + "'",
        "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO binlog_archiver@'%'");
    return Files.writeString(Files.createTempFile("demo-password", ""), password + "\n");
  }

  private static void execute(DatabasePod pod, String... statements) throws SQLException {
    try (Connection connection = pod.server().connect("");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static String serverVersion(DatabasePod pod) throws SQLException {
    try (Connection connection = pod.server().connect("")) {
      return "MariaDB " + connection.getMetaData().getDatabaseProductVersion();
    }
  }

  private static String millis(Duration duration) {
    return "%4d ms".formatted(duration.toMillis());
  }
}
