package dev.snapshotjobs.archiver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.JobMain;
import dev.snapshotjobs.common.job.StopSignal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The program before it comes to one of its commands.
class ArchiverProgramTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return JobMain.run(
        new ArchiverProgram(),
        args,
        Map.of("INSTANCE", "shop"),
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8),
        InstantSource.system(),
        new StopSignal());
  }

  @Test
  void saysWhichCommandsThereAre() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .contains("\"job\":\"binlog-archiver\"", "a command is missing; allowed: archive");
  }

  @Test
  void saysThatThereIsNoSuchCommand() {
    assertThat(run("archiv")).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains("archiv", "\"verdict\":\"misconfigured\"");
  }

  @Test
  void helpsAndTellsItsVersion() {
    assertThat(run("--help")).isZero();
    assertThat(run("--version")).isZero();
    assertThat(out.toString(UTF_8))
        .contains("-h, --help", "archive", "binlog-archiver (development)")
        .doesNotContain("${");
  }
}
