package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.restore.Main;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What it takes to find who dropped a table: `restore-job find` in a bucket against
/// `mariadb-binlog -v | grep` on a disk, of the same logs, by turns in one run.
///
/// The table goes to standard output, the progress to standard error.
public final class FindInLogs {
  private static final int LOGS = 8;
  private static final int MEBIBYTES = 96;
  private static final String LOOKED_FOR = "DROP TABLE|### DELETE FROM .shop.\\..positions.";

  private final Rounds rounds;

  private FindInLogs(Rounds rounds) {
    this.rounds = rounds;
  }

  public static void main(String[] args) throws Exception {
    new FindInLogs(Rounds.orExit(FindInLogs.class, args, "mariadb-binlog")).run();
  }

  private void run() throws SQLException, IOException, InterruptedException {
    Machine machine = Machine.describe();
    try (LoggedServer server = LoggedServer.start();
        S3Server store = S3Server.start()) {
      System.err.println("writing and archiving the logs");
      server.writeLogs(LOGS, MEBIBYTES);
      server.run(
          "DELETE FROM shop.positions WHERE id < 1000",
          "DROP TABLE shop.positions",
          "FLUSH BINARY LOGS");
      long bytes = server.bytes();
      new Archivings(server).archive(store);
      Map<FindMethod, List<Done>> trials =
          rounds.run(
              FindMethod.class,
              method -> new Done(method(method, server, store).run(), disk(method, bytes)));
      System.out.println(
          new Heading(
              "What it takes to find who dropped a table.",
              machine,
              server.description(),
              String.format(
                  Locale.ROOT,
                  "%d of %d MiB and a small one, %,d bytes in all, orders of five rows, each a transaction; at the end a DELETE and a DROP TABLE",
                  LOGS,
                  MEBIBYTES,
                  bytes),
              rounds,
              Heading.command(FindInLogs.class, rounds)));
      System.out.println(new EffortTable(bytes, trials));
    }
  }

  private static long disk(FindMethod method, long bytes) {
    return switch (method) {
      case FIND -> 0;
      case GREP -> bytes;
    };
  }

  private static ChildProcess method(FindMethod method, LoggedServer server, S3Server store)
      throws SQLException {
    return switch (method) {
      case FIND ->
          ChildProcess.java(
              store,
              Map.of(
                  "INSTANCE",
                  "shop",
                  "S3_BUCKET",
                  S3Server.BUCKET,
                  "S3_ENDPOINT",
                  store.endpoint().toString(),
                  "S3_PATH_STYLE",
                  "true"),
              Main.class.getName(),
              "find",
              "--table",
              "shop.positions");
      case GREP ->
          new ChildProcess(
              List.of(
                  "sh",
                  "-c",
                  "mariadb-binlog -v --base64-output=decode-rows %s | grep -n -E '%s'"
                      .formatted(
                          server.files().stream()
                              .map(Path::toString)
                              .collect(Collectors.joining(" ")),
                          LOOKED_FOR)),
              Map.of());
    };
  }
}
