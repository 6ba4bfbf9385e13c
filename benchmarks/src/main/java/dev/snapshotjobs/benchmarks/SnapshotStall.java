package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.sandbox.Sandbox;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How long commits stall when a snapshot is taken: snapshot-job in each of its modes against a
/// bare VolumeSnapshot and against FLUSH TABLES WITH READ LOCK, on an idle server and behind a long
/// UPDATE, by turns in one run, on one server under load.
///
/// The tables go to standard output, the progress to standard error.
public final class SnapshotStall {
  /// Not reported: the API server and the controllers run in this JVM, which compiles them while
  /// the first twenty snapshots are taken; the latency that they add falls to a third meanwhile.
  private static final int WARM_UP_ROUNDS = 2;

  private final int rounds;
  private final Map<Turn, List<Trial>> trials = new HashMap<>();

  private SnapshotStall(int rounds) {
    this.rounds = rounds;
  }

  public static void main(String[] args) throws Exception {
    new SnapshotStall(Rounds.orExit(SnapshotStall.class, args).count()).run();
  }

  private void run() throws SQLException, IOException, InterruptedException {
    Machine machine = Machine.describe();
    try (Sandbox sandbox = Sandbox.start();
        Cluster cluster = Cluster.connect(Optional.of(sandbox.kubeconfig().toString()));
        Shop shop = Shop.open(sandbox)) {
      Snapshots snapshots = new Snapshots(cluster.volumeSnapshots(Shop.NAMESPACE), shop.claim());
      Trials measured = new Trials(sandbox, shop, snapshots);
      for (int round = 1 - WARM_UP_ROUNDS; round <= rounds; round++) {
        for (Turn turn : Turn.ofRound(round)) {
          Trial trial = measured.run(turn);
          tell(round, turn, trial);
          if (round > 0) {
            trials.computeIfAbsent(turn, _ -> new ArrayList<>()).add(trial);
          }
        }
      }
      print(machine, shop.version());
    }
  }

  private void tell(int round, Turn turn, Trial trial) {
    System.err.printf(
        "%s %-34s stall %4d ms, %4d without the copy; %3d without a snapshot%n",
        round > 0 ? "round %d/%d".formatted(round, rounds) : "warm-up",
        turn,
        trial.stall().whole().toMillis(),
        trial.stall().withoutCopy().toMillis(),
        trial.quiet().stall().toMillis());
  }

  private void print(Machine machine, String version) {
    StallReport report = new StallReport(trials);
    System.out.printf(
        """
        How long commits stall while a VolumeSnapshot is taken: on each variant's turn, the longest
        time in which none of the writers got a commit acknowledged.

        - Machine: %s
        - Server: MariaDB %s in the sandbox, `%s`
        - Load: %d connections, each row of InnoDB a commit; %,d commits a second without a snapshot
        - Rounds: %d, variants and situations by turns in changing order, after %d that are not counted
        - Command: `mvn -q -Pbenchmark -Dquick -DskipTests -pl benchmarks -am verify -Dbenchmark.rounds=%d`

        %s
        %s
        """,
        machine,
        version,
        String.join(" ", Shop.SERVER_ARGS),
        Shop.WRITERS,
        report.quietCommitsPerSecond(),
        rounds,
        WARM_UP_ROUNDS,
        rounds,
        report.stalls(),
        report.jobs());
  }
}
