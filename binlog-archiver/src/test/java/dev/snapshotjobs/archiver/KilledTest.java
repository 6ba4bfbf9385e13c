package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.sandbox.Hook;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The job as a process that is killed with each of its writes, one after the other, in one
/// archive: each run begins with what the one before it has left.
class KilledTest {
  private static final String WRITES = "PutObject|DeleteObject|UploadPart|CompleteMultipartUpload";

  private static Process start(ArchivedServer shop) throws IOException {
    ProcessBuilder job =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "archive")
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD);
    Map<String, String> environment = job.environment();
    environment.putAll(shop.environment());
    environment.put("AWS_ACCESS_KEY_ID", shop.s3.accessKey());
    environment.put("AWS_SECRET_ACCESS_KEY", shop.s3.secretKey());
    return job.start();
  }

  /// @param after whether the write itself is still carried out
  @ParameterizedTest(name = "after the write: {0}")
  @ValueSource(booleans = {false, true})
  void nothingIsMissingOrThereTwiceWhereverItIsKilled(boolean after) throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      List<String> closed = new ArrayList<>();
      int kills = 0;
      for (boolean killed = true; killed; ) {
        shop.write(3);
        closed.add(shop.server.rotate());
        shop.write(3);
        killed = runAndKillAt(shop, kills + 1, after);
        kills += killed ? 1 : 0;
      }

      ArchivedServer.Ended ended = shop.run();

      assertThat(kills).as("writes with which a run was killed").isGreaterThan(6);
      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(shop.archive.ids()).hasSize(1);
      for (String log : closed) {
        assertThat(shop.sealed(1, log)).as(log).isEqualTo(shop.onServer(log));
      }
      String active = shop.server.logs().getLast();
      assertThat(shop.tail(1, active)).isEqualTo(shop.onServer(active));
      assertThat(shop.keys())
          .as("nothing but what belongs to logs, and no tail of a sealed one")
          .allMatch(
              key ->
                  key.endsWith("/timeline.json")
                      || key.contains("/tail/" + active + "/")
                      || closed.stream().anyMatch(log -> key.contains("/0001/" + log + ".")));
    }
  }

  /// Kills the run with its write of this number; false if it came to its end before that.
  private static boolean runAndKillAt(ArchivedServer shop, int write, boolean after)
      throws Exception {
    AtomicInteger writes = new AtomicInteger();
    AtomicReference<Process> job = new AtomicReference<>();
    Runnable kill =
        () -> {
          if (writes.incrementAndGet() == write) {
            job.get().destroyForcibly();
            awaitEnd(job.get());
          }
        };
    shop.s3
        .faults()
        .add(
            (after ? Hook.after(WRITES, "/binlogs/", kill) : Hook.before(WRITES, "/binlogs/", kill))
                .always());
    job.set(start(shop));
    awaitEnd(job.get());
    shop.s3.faults().clear();
    return job.get().exitValue() != 0;
  }

  private static void awaitEnd(Process job) {
    try {
      assertThat(job.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a run was to end", e);
    }
  }
}
