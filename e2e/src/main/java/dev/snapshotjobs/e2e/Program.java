package dev.snapshotjobs.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Runs programs of this machine to their end, as a person would in the root of this repository.
///
/// @param environment what they find beside what this process has
record Program(Map<String, String> environment) {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  static boolean isInstalled(String name) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
  }

  /// Runs one and gives what it printed.
  String run(String... command) {
    return runWith("", command);
  }

  /// Feeds it some text; a program that does not end well fails the test with what it said.
  String runWith(String input, String... command) {
    try {
      Path fed = Files.writeString(Files.createTempFile("e2e", ".in"), input);
      Path errors = Files.createTempFile("e2e", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(ROOT.toFile())
              .redirectInput(fed.toFile())
              .redirectError(errors.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      String said = Files.readString(errors);
      Files.delete(errors);
      Files.delete(fed);
      if (status != 0) {
        throw new AssertionError(
            String.join(" ", List.of(command)) + ": exit " + status + "\n" + said + output);
      }
      return output;
    } catch (IOException e) {
      throw new AssertionError(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + String.join(" ", command), e);
    }
  }
}
