package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What it takes to get the binary logs of a server into a bucket: binlog-archiver against
/// `mariadb-binlog --raw` with an upload of the files, by turns in one run; and how much a run asks
/// for that finds little new, after one sealed log and after a thousand.
///
/// The tables go to standard output, the progress to standard error.
public final class ArchiveLogs {
  private static final int LOGS = 8;
  private static final int MEBIBYTES = 96;
  private static final List<Integer> SEALED = List.of(1, 10, 1000);

  private final Rounds rounds;

  private ArchiveLogs(Rounds rounds) {
    this.rounds = rounds;
  }

  public static void main(String[] args) throws Exception {
    new ArchiveLogs(Rounds.orExit(ArchiveLogs.class, args, "mariadb-binlog", "zstd")).run();
  }

  private void run() throws SQLException, IOException, InterruptedException {
    Machine machine = Machine.describe();
    try (LoggedServer server = LoggedServer.start()) {
      System.err.println("writing the logs");
      server.writeLogs(LOGS, MEBIBYTES);
      long bytes = server.bytes();
      Map<ArchiveMethod, List<Done>> trials =
          rounds.run(ArchiveMethod.class, new Archivings(server)::run);
      System.out.println(
          new Heading(
              "What it takes to get the binary logs of a server into a bucket.",
              machine,
              server.description(),
              String.format(
                  Locale.ROOT,
                  "%d of %d MiB, %,d bytes in all, orders of five rows, each a transaction",
                  LOGS,
                  MEBIBYTES,
                  bytes),
              rounds,
              Heading.command(ArchiveLogs.class, rounds)));
      System.out.println(new EffortTable(bytes, trials));
      System.out.print(asked(server));
    }
  }

  /// Of a run that finds one log to seal and a tail to take, however much is sealed already.
  private static String asked(LoggedServer server)
      throws SQLException, IOException, InterruptedException {
    StringBuilder table =
        new StringBuilder(
            """
            | sealed before the run | requests to the store | statements to the server |
            | ---: | ---: | ---: |
            """);
    server.run("RESET MASTER");
    Archivings archivings = new Archivings(server);
    try (S3Server store = S3Server.start()) {
      int sealed = 0;
      for (int target : SEALED) {
        System.err.println("sealing " + target + " logs");
        for (; sealed < target; sealed++) {
          server.run("FLUSH BINARY LOGS");
        }
        archivings.archive(store);
        server.run("CALL shop.write_orders(1)", "FLUSH BINARY LOGS");
        store.forgetRequests();
        long before = server.statements();
        archivings.archive(store);
        table.append(
            String.format(
                Locale.ROOT,
                "| %,d | %d | %d |%n",
                sealed,
                store.requests().size(),
                server.statements() - before - 1));
        sealed++;
      }
    }
    return table.toString();
  }
}
