package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.restore.Main;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What it takes to find who dropped a table: `restore-job find` in a bucket against
/// `mariadb-binlog -v | grep` on a disk, of the same logs, by turns in one run.
///
/// The table goes to standard output, the progress to standard error.
public final class FindInLogs {
  private static final int LOGS = 8;
  private static final int MEBIBYTES = 96;
  private static final String LOOKED_FOR = "DROP TABLE|### DELETE FROM .shop.\\..positions.";

  private final int rounds;
  private final Map<FindMethod, List<Done>> trials = new TreeMap<>();

  private FindInLogs(int rounds) {
    this.rounds = rounds;
  }

  public static void main(String[] args) throws Exception {
    Optional<Integer> rounds = ArchiveLogs.rounds(args);
    if (rounds.isEmpty() || !ArchiveLogs.isOnPath("mariadb-binlog")) {
      System.err.println("usage: FindInLogs [--rounds N], with mariadb-binlog on the PATH");
      System.exit(2);
    }
    new FindInLogs(rounds.orElseThrow()).run();
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
      for (int round = 1; round <= rounds; round++) {
        List<FindMethod> order = new ArrayList<>(List.of(FindMethod.values()));
        Collections.rotate(order, round);
        for (FindMethod method : order) {
          Effort effort = method(method, server, store).run();
          System.err.printf(
              Locale.ROOT,
              "round %d/%d %-30s %.1f s%n",
              round,
              rounds,
              method.label(),
              effort.wallTime().toMillis() / 1000.0);
          trials
              .computeIfAbsent(method, _ -> new ArrayList<>())
              .add(new Done(effort, disk(method, bytes)));
        }
      }
      System.out.printf(
          Locale.ROOT,
          """
          What it takes to find who dropped a table.

          - Machine: %s
          - Server: MariaDB %s in the sandbox, `%s`
          - Logs: %d of %d MiB and a small one, %,d bytes in all, orders of five rows, each a transaction; at the end a DELETE and a DROP TABLE
          - Rounds: %d, methods by turns in changing order
          - Command: `mvn -q -Pbenchmark -Dquick -DskipTests -pl benchmarks -am verify -Dbenchmark.main=FindInLogs -Dbenchmark.rounds=%d`

          %s
          """,
          machine,
          server.version(),
          String.join(" ", LoggedServer.ARGS),
          LOGS,
          MEBIBYTES,
          bytes,
          rounds,
          rounds,
          new EffortTable(bytes, trials));
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
