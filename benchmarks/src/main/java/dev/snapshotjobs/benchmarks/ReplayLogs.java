package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What it takes to bring a copy up to the end of the logs behind it: `restore-job inspect` and
/// `replay` from a bucket against `mariadb-binlog | mariadb` from a disk, of the same logs, on
/// copies of the same data, into servers of the same settings, by turns in one run.
///
/// The tables go to standard output, the progress to standard error.
public final class ReplayLogs {
  private static final int LOGS = 8;

  /// Of row events, and of all else that a log has.
  private static final long BYTES = Long.getLong("benchmark.bytes", 1 << 30);

  private final Rounds rounds;

  private ReplayLogs(Rounds rounds) {
    this.rounds = rounds;
  }

  public static void main(String[] args) throws Exception {
    new ReplayLogs(Rounds.orExit(ReplayLogs.class, args, "mariadb-binlog", "mariadb")).run();
  }

  private void run() throws SQLException, IOException, InterruptedException {
    Machine machine = Machine.describe();
    Path base = Files.createTempDirectory("benchmark-base");
    try (LoggedServer server =
            LoggedServer.start(
                "--innodb-flush-log-at-trx-commit=0",
                "--transaction-isolation=READ-COMMITTED", // writers shall not wait for gaps
                Replays.SIZES.getFirst(),
                Replays.SIZES.getLast());
        S3Server store = S3Server.start()) {
      System.err.println("writing and archiving the logs");
      ShopHistory shop = new ShopHistory(server);
      shop.prepare();
      CatalogueEntry entry = Replays.cut(server);
      server.copyTo(base);
      int before = server.files().size();
      long bytesBefore = server.bytes();
      long transactionsBefore = sequence(server);
      shop.write(LOGS, BYTES);
      long bytes = server.bytes() - bytesBefore;
      long transactions = sequence(server) - transactionsBefore;
      List<Path> logs = server.files();
      new Archivings(server).archive(store);
      Replays replays = Replays.plan(base, logs.subList(before, logs.size()), store, entry, server);
      Map<ReplayMethod, List<Replayed>> replayed = new EnumMap<>(ReplayMethod.class);
      Map<ReplayMethod, List<Done>> trials =
          rounds.run(
              ReplayMethod.class,
              method -> {
                Replayed trial = replays.run(method);
                replayed.computeIfAbsent(method, _ -> new ArrayList<>()).add(trial);
                return trial.done();
              });
      ReplayTable table = new ReplayTable(bytes, transactions, replayed);
      System.out.println(
          new Heading(
              "What it takes to bring a copy up to the end of the logs behind it.",
              machine,
              server.description(),
              String.format(
                  Locale.ROOT,
                  "%d, %,d bytes in all, %,d transactions: %s",
                  LOGS,
                  bytes,
                  transactions,
                  ShopHistory.WORDS),
              rounds,
              Heading.command(ReplayLogs.class, rounds, "benchmark.bytes=" + BYTES)));
      System.out.println(new EffortTable(bytes, trials));
      System.out.println(table.ratios());
      System.out.print(table.phases());
    } finally {
      Folders.delete(base);
    }
  }

  private static long sequence(LoggedServer server) throws SQLException {
    String position = server.ask("SELECT @@gtid_binlog_pos");
    return Long.parseLong(position.substring(position.lastIndexOf('-') + 1));
  }
}
