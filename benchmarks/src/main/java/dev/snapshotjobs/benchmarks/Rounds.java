package dev.snapshotjobs.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How often each method is tried: by turns, in an order that changes from round to round.
record Rounds(int count) {
  private static final int DEFAULT = 5;

  /// Of a command line `[--rounds N]`.
  static Optional<Rounds> of(String[] args) {
    if (args.length == 0) {
      return Optional.of(new Rounds(DEFAULT));
    }
    return args.length == 2 && args[0].equals("--rounds") && args[1].matches("[1-9]\\d{0,3}")
        ? Optional.of(new Rounds(Integer.parseInt(args[1])))
        : Optional.empty();
  }

  /// Of a command line; ends the process where that is none, or a program is missing.
  static Rounds orExit(Class<?> main, String[] args, String... programs) {
    List<String> missing = Arrays.stream(programs).filter(program -> !isOnPath(program)).toList();
    Optional<Rounds> rounds = of(args);
    if (rounds.isEmpty() || !missing.isEmpty()) {
      System.err.printf(
          "usage: %s [--rounds N], N at least 1; not on the PATH: %s%n",
          main.getSimpleName(), missing);
      System.exit(2);
    }
    return rounds.orElseThrow();
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /// One trial of a method.
  interface Trial<M> {
    Done run(M method) throws IOException, InterruptedException, SQLException;
  }

  /// Runs all trials, and returns those of each method in the order of the rounds.
  <M extends Enum<M> & Method> Map<M, List<Done>> run(Class<M> methods, Trial<M> trial)
      throws IOException, InterruptedException, SQLException {
    Map<M, List<Done>> trials = new EnumMap<>(methods);
    for (int round = 1; round <= count; round++) {
      List<M> order = new ArrayList<>(List.of(methods.getEnumConstants()));
      Collections.rotate(order, round);
      for (M method : order) {
        Done done = trial.run(method);
        System.err.printf(
            Locale.ROOT,
            "round %d/%d %-30s %.1f s%n",
            round,
            count,
            method.label(),
            done.effort().wallTime().toMillis() / 1000.0);
        trials.computeIfAbsent(method, _ -> new ArrayList<>()).add(done);
      }
    }
    return trials;
  }
}
