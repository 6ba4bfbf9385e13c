package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A program in a container: does at its n-th start what the n-th word of `SCRIPT` says, the last
/// one again and again. Its name and the folder where it counts are its arguments.
final class ScriptedStep {

  private ScriptedStep() {}

  public static void main(String[] args) throws Exception {
    String name = args[0];
    Path state = Path.of(args[1]);
    List.of(args).forEach(System.out::println);
    System.getenv().forEach((variable, value) -> System.out.println(variable + "=" + value));
    List<String> script = List.of(System.getenv("SCRIPT").split(",", -1));
    int attempt = log(state.resolve(name), "start");
    log(state.resolve("order"), name + " starts");
    String word = script.get(Math.min(attempt, script.size()) - 1);
    switch (word) {
      case "block" -> new CountDownLatch(1).await();
      case "query" -> System.out.println("datadir=" + query(System.getenv("DATABASE")));
      case "prepare" -> prepare(Path.of(System.getenv("INIT_FILE")));
      default -> {}
    }
    log(state.resolve("order"), name + " ends");
    Files.writeString(
        Path.of(System.getenv("TERMINATION_LOG")), name + " " + attempt + ": " + word);
    System.exit(word.equals("fail") ? 7 : 0);
  }

  /// What servers do at their start: one that stays, and one that is only to recover.
  private static void prepare(Path initFile) throws IOException {
    Files.writeString(initFile, "CREATE DATABASE IF NOT EXISTS prepared;\n");
    Files.writeString(initFile.resolveSibling("shutdown.sql"), "SHUTDOWN;\n");
  }

  /// Returns the number of lines.
  private static int log(Path file, String line) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return Files.readAllLines(file).size();
  }

  /// Waits for the server, which is not there at once.
  private static String query(String address) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (true) {
      try (Connection connection =
              DriverManager.getConnection(
                  "jdbc:mariadb://" + address + ":3306/prepared", "root", "");
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT @@datadir")) {
        rows.next();
        return rows.getString(1);
      } catch (SQLException e) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the server does not answer", e);
        }
        TimeUnit.MILLISECONDS.sleep(50); // a server that starts has nothing to watch
      }
    }
  }
}
