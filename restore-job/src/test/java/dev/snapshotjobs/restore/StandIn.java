package dev.snapshotjobs.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// Stands in for `inspect` and `replay`: ends at its n-th start as the n-th word of `INSPECT` or
/// `REPLAY` says, the last one again and again, whichever pod it is in.
///
/// Words are `ok`, `block`, `die`, which leaves no outcome, and an exit status with a reason, as
/// `1:server-died`.
final class StandIn {
  private StandIn() {}

  public static void main(String[] args) throws Exception {
    String command = args[0];
    Path scratch = Path.of(args[List.of(args).indexOf("--scratch") + 1]);
    String word = word(command, scratch.resolve(command), String.join(" ", args));
    if (command.equals("inspect")) {
      Files.writeString(scratch.resolve("init.sql"), "DO 1;\n");
    } else {
      awaitServer();
    }
    switch (word) {
      case "ok" -> end(command, 0, command + "ed");
      case "block" -> new CountDownLatch(1).await();
      case "die" -> System.exit(9);
      default -> end(command, Integer.parseInt(word.substring(0, 1)), word.substring(2));
    }
  }

  /// What is found out of a copy is found out again by whoever is started on the same one.
  private static String word(String command, Path found, String line) throws IOException {
    if (Files.exists(found)) {
      return Files.readString(found);
    }
    int start = count(Path.of(System.getenv("STATE"), command), line);
    List<String> script =
        List.of(
            System.getenv().getOrDefault(command.toUpperCase(Locale.ROOT), "ok").split(",", -1));
    String word = script.get(Math.min(start, script.size()) - 1);
    if (word.matches("[23]:.*|1:(copy-begun|server-died)")) {
      Files.writeString(found, word);
    }
    return word;
  }

  private static void end(String command, int exit, String reason) throws IOException {
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("format", 1);
    outcome.put("exit", exit);
    outcome.put("reason", reason);
    outcome.put("message", "the stand-in for " + command + " was told so");
    outcome.put("next_step", exit == 0 ? "" : "tell it something else");
    outcome.put("positions", Map.of("gtid_reached", "0-1-7", "gtid_binlog_state", "0-9-1000007"));
    outcome.put("warnings", List.of("mind what " + command + " has left out"));
    Files.writeString(
        Path.of(System.getenv("TERMINATION_LOG")), JsonMapper.shared().writeValueAsString(outcome));
    System.exit(exit);
  }

  private static int count(Path file, String line) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return Files.readAllLines(file).size();
  }

  private static void awaitServer() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (true) {
      try (Connection connection =
          DriverManager.getConnection(
              "jdbc:mariadb://" + System.getenv("DATABASE") + ":3306/mysql", "root", "")) {
        if (connection.isValid(1)) {
          return;
        }
      } catch (SQLException e) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the server does not answer", e);
        }
        TimeUnit.MILLISECONDS.sleep(50); // a server that starts has nothing to watch
      }
    }
  }
}
