package dev.snapshotjobs.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A real process and a real SIGTERM: what Kubernetes does to a pod.
@Timeout(60)
class SignalTest {

  /// Says that it is ready, and waits for what comes.
  static final class Sleeping {

    private Sleeping() {}

    public static void main(String[] args) {
      JobMain.main(
          new SampleJob(
              run -> {
                try (Undo _ = run.stop().onStop("unlock", () -> System.out.println("undone"))) {
                  System.out.println("ready");
                  new CountDownLatch(1).await();
                  return InProcess.fine();
                } catch (InterruptedException e) {
                  System.out.println("interrupted");
                  if (List.of(args).contains("--dry-run")) {
                    return InProcess.fine();
                  }
                  throw e;
                }
              }),
          args);
    }
  }

  private static Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Sleeping.class.getName());
    command.addAll(Stream.of(args).toList());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("INSTANCE", "shop-db");
    builder.environment().put("MARIADB_USER", "jobs");
    return builder.start();
  }

  private static List<String> terminate(Process process) throws IOException, InterruptedException {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("ready");
      // Not process.destroy(), which closes our ends of its streams as well.
      assertThat(process.toHandle().destroy()).isTrue();
      List<String> rest = out.lines().toList();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return rest;
    } finally {
      process.toHandle().destroyForcibly();
    }
  }

  @Test
  void endsWith143AfterUndoingAndReporting() throws Exception {
    Process process = start();
    assertThat(terminate(process)).containsExactly("undone", "interrupted");
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(process.errorReader(StandardCharsets.UTF_8).lines().toList().getLast())
        .contains("\"message\":\"outcome\"", "\"exit\":143", "\"reason\":\"stopped\"");
  }

  @Test
  void endsAsTheJobSaysWhenItEndsWellAllTheSame() throws Exception {
    Process process = start("--dry-run");
    assertThat(terminate(process)).containsExactly("undone", "interrupted");
    assertThat(process.exitValue()).isZero();
    assertThat(process.errorReader(StandardCharsets.UTF_8).lines().toList().getLast())
        .contains("\"message\":\"outcome\"", "\"exit\":0");
  }
}
