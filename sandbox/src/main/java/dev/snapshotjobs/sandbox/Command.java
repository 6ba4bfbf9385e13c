package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A short command of the operating system, run to its end.
final class Command {

  private Command() {}

  /// Output and exit code of a command that has ended.
  record Result(int exitCode, String output) {}

  static Result run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new SandboxException("Cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("Interrupted while running " + command, e);
    }
  }

  static void check(String... command) {
    Result result = run(List.of(command));
    if (result.exitCode() != 0) {
      throw new SandboxException(
          String.join(" ", command) + " ended with " + result.exitCode() + ": " + result.output());
    }
  }
}
