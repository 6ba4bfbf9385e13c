package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.JobMain;
import dev.snapshotjobs.common.job.StopSignal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RestoreProgramTest {
  private record Ended(int exit, String out, String err) {}

  private static Ended run(Map<String, String> environment, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        JobMain.run(
            new RestoreProgram(),
            args,
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            InstantSource.system(),
            new StopSignal());
    return new Ended(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void namesItsCommands() {
    assertThat(run(Map.of(), "--help").out()).contains("find");
    assertThat(run(Map.of()).exit()).isEqualTo(2);
  }

  @Test
  void tellsEveryWrongOptionAtOnce() {
    Ended ended =
        run(
            Map.of("INSTANCE", "shop", "S3_BUCKET", "archive", "AWS_REGION", "eu-central-1"),
            "find",
            "--table",
            "shop.orders",
            "--from",
            "2026-11-22T10:00:00Z",
            "--to",
            "2026-11-22T09:00:00Z",
            "--min-rows",
            "-1",
            "--limit",
            "0");
    Ended malformed =
        run(Map.of(), "find", "--table", "orders", "--from", "yesterday", "--kind", "drop");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err()).contains("3 problems", "--to", "--min-rows", "--limit");
    assertThat(malformed.exit()).isEqualTo(2);
    assertThat(malformed.err())
        .contains(
            "'orders' does not name a database and a table",
            "'yesterday' is not an instant",
            "drop");
  }

  @Test
  void wantsToKnowWhoseClockShowedATime() {
    Map<String, String> environment =
        Map.of("INSTANCE", "shop", "S3_BUCKET", "archive", "AWS_REGION", "eu-central-1");
    Ended without = run(environment, "plan", "--to", "2026-10-25 02:30");
    Ended twice =
        run(environment, "plan", "--to", "2026-10-25 02:30", "--time-zone", "Europe/Paris");
    Ended unknown = run(environment, "plan", "--to-latest", "--time-zone", "Paris");

    assertThat(without.exit()).isEqualTo(2);
    assertThat(without.err()).contains("has no offset", "--time-zone");
    assertThat(twice.exit()).isEqualTo(2);
    assertThat(twice.err()).contains("twice", "2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00");
    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.err()).contains("'Paris' is not a time zone such as Europe/Berlin");
  }
}
