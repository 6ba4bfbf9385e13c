package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What it takes to get the binary logs of a server into a bucket: binlog-archiver against
/// `mariadb-binlog --raw` with an upload of the files, by turns in one run; and how much a run asks
/// for that finds little new, after one sealed log and after a thousand.
///
/// The tables go to standard output, the progress to standard error.
public final class ArchiveLogs {
  private static final int DEFAULT_ROUNDS = 5;
  private static final int LOGS = 8;
  private static final int MEBIBYTES = 96;
  private static final List<Integer> SEALED = List.of(1, 10, 1000);

  private final int rounds;
  private final Map<ArchiveMethod, List<Done>> trials = new TreeMap<>();

  private ArchiveLogs(int rounds) {
    this.rounds = rounds;
  }

  public static void main(String[] args) throws Exception {
    Optional<Integer> rounds = rounds(args);
    List<String> missing =
        List.of("mariadb-binlog", "zstd").stream().filter(tool -> !isOnPath(tool)).toList();
    if (rounds.isEmpty() || !missing.isEmpty()) {
      System.err.println(
          "usage: ArchiveLogs [--rounds N], N at least 1; not on the PATH: " + missing);
      System.exit(2);
    }
    new ArchiveLogs(rounds.orElseThrow()).run();
  }

  static Optional<Integer> rounds(String[] args) {
    if (args.length == 0) {
      return Optional.of(DEFAULT_ROUNDS);
    }
    return args.length == 2 && args[0].equals("--rounds") && args[1].matches("[1-9]\\d{0,3}")
        ? Optional.of(Integer.valueOf(args[1]))
        : Optional.empty();
  }

  static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private void run() throws SQLException, IOException, InterruptedException {
    Machine machine = Machine.describe();
    try (LoggedServer server = LoggedServer.start()) {
      System.err.println("writing the logs");
      server.writeLogs(LOGS, MEBIBYTES);
      long bytes = server.bytes();
      Archivings archivings = new Archivings(server);
      for (int round = 1; round <= rounds; round++) {
        List<ArchiveMethod> order = new ArrayList<>(List.of(ArchiveMethod.values()));
        Collections.rotate(order, round);
        for (ArchiveMethod method : order) {
          Done done = archivings.run(method);
          System.err.printf(
              Locale.ROOT,
              "round %d/%d %-30s %.1f s%n",
              round,
              rounds,
              method.label(),
              done.effort().wallTime().toMillis() / 1000.0);
          trials.computeIfAbsent(method, _ -> new ArrayList<>()).add(done);
        }
      }
      System.out.printf(
          Locale.ROOT,
          """
          What it takes to get the binary logs of a server into a bucket.

          - Machine: %s
          - Server: MariaDB %s in the sandbox, `%s`
          - Logs: %d of %d MiB, %,d bytes in all, orders of five rows, each a transaction
          - Rounds: %d, methods by turns in changing order
          - Command: `mvn -q -Pbenchmark -Dquick -DskipTests -pl benchmarks -am verify -Dbenchmark.main=ArchiveLogs -Dbenchmark.rounds=%d`

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
