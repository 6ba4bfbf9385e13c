package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A small shell that outlives this JVM for a moment: when its standard input ends, for whatever
/// reason, it kills the processes it was told of and deletes the folder.
///
/// Not `setpriv --pdeathsig`: that follows the thread that forked, not the JVM, and is lost when a
/// server changes its user.
final class Watchdog implements AutoCloseable {

  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      pids=' '
      while read -r sign pid; do
        case $sign in
          +) pids="$pids$pid " ;;
          -) pids="${pids%% $pid *} ${pids#* $pid }" ;;
        esac
      done
      for pid in $pids; do kill -KILL "$pid"; done 2> /dev/null
      rm -rf -- "$1"
      """;

  private final Process shell;
  private final Writer input;

  Watchdog(Path folder) {
    try {
      shell =
          new ProcessBuilder("sh", "-c", SCRIPT, "sandbox-watchdog", folder.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new SandboxException("Cannot start the watchdog of " + folder, e);
    }
    input = shell.outputWriter(StandardCharsets.UTF_8);
  }

  void watch(Process process) {
    tell("+ " + process.pid());
    // Its number may be given to somebody else's process later.
    process.onExit().thenRun(() -> tell("- " + process.pid())).exceptionally(gone -> null);
  }

  private synchronized void tell(String line) {
    try {
      input.write(line + "\n");
      input.flush();
    } catch (IOException e) {
      if (shell.isAlive()) {
        throw new SandboxException("The watchdog does not listen", e);
      }
    }
  }

  @Override
  public void close() {
    try {
      synchronized (this) {
        input.close();
      }
      shell.waitFor();
    } catch (IOException e) {
      throw new SandboxException("Cannot close the watchdog", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
