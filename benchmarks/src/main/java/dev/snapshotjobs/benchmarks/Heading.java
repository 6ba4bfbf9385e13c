package dev.snapshotjobs.benchmarks;

import java.util.Locale;

/// What stands above the tables of a benchmark: all that it takes to repeat it.
///
/// @param logs what was written, in words
record Heading(
    String title, Machine machine, String server, String logs, Rounds rounds, String command) {

  /// The command that runs a benchmark in so many rounds.
  static String command(Class<?> main, Rounds rounds, String... properties) {
    StringBuilder command =
        new StringBuilder(
            "mvn -q -Pbenchmark -Dquick -DskipTests -pl benchmarks -am verify -Dbenchmark.main=%s -Dbenchmark.rounds=%d"
                .formatted(main.getSimpleName(), rounds.count()));
    for (String property : properties) {
      command.append(" -D").append(property);
    }
    return command.toString();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        """
        %s

        - Machine: %s
        - Server: %s
        - Logs: %s
        - Rounds: %d, methods by turns in changing order
        - Command: `%s`
        """,
        title,
        machine,
        server,
        logs,
        rounds.count(),
        command);
  }
}
