package dev.snapshotjobs.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.report.ObjectRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class JobMainTest {

  private final InProcess process = new InProcess();

  @TempDir Path directory = Path.of("");

  @Test
  void reportsWhatTheRunDidInTheLastLineOfTheLog() {
    int exit =
        process.run(
            run -> {
              run.report().object(new ObjectRef("VolumeSnapshot", "shop", "one", "uid"));
              run.report().position("gtid", "0-1-2");
              run.report().phase("lock", Duration.ofMillis(20));
              run.report().warn("slow disk");
              run.out().println("the result");
              return InProcess.fine();
            });
    assertThat(exit).isZero();
    assertThat(process.out()).isEqualTo("the result\n");
    assertThat(process.lastLine().get("message").asString()).isEqualTo("outcome");
    JsonNode outcome = process.outcome();
    assertThat(outcome.get("job").asString()).isEqualTo("sample-job");
    assertThat(outcome.get("instance").asString()).isEqualTo("shop-db");
    assertThat(outcome.get("run_id").asString()).matches("20261122-173000-[0-9a-f]{4}");
    assertThat(outcome.get("exit").asInt()).isZero();
    assertThat(outcome.get("verdict").asString()).isEqualTo("fine");
    assertThat(outcome.get("reason").asString()).isEqualTo("fine");
    assertThat(outcome.get("started_at").asString()).isEqualTo("2026-11-22T17:30:00Z");
    assertThat(outcome.get("phases").get("lock").decimalValue()).isEqualByComparingTo("0.020");
    assertThat(outcome.get("objects").get(0).get("uid").asString()).isEqualTo("uid");
    assertThat(outcome.get("positions").get("gtid").asString()).isEqualTo("0-1-2");
    assertThat(outcome.get("warnings").get(0).asString()).isEqualTo("slow disk");
  }

  @Test
  void logsTheEffectiveConfigurationFirst() {
    process.env("MARIADB_PASSWORD", "hunter2").run(_ -> InProcess.fine());
    JsonNode first = process.log().getFirst();
    assertThat(first.get("message").asString()).isEqualTo("effective configuration");
    assertThat(first.get("settings").get("INSTANCE").asString()).isEqualTo("shop-db");
    assertThat(first.get("settings").get("MARIADB_PASSWORD_FILE").asString()).isEqualTo("****");
  }

  @Test
  void endsWithTheConclusionOfTheJob() {
    int exit =
        process.run(
            _ ->
                new Conclusion(
                    ExitCode.ATTENTION, "odd", SampleReason.UNSAFE, "Done, but odd.", "Look."));
    assertThat(exit).isEqualTo(4);
    assertThat(process.outcome("next_step")).isEqualTo("Look.");
  }

  @Test
  void turnsAnExceptionOfTheJobIntoItsExit() {
    assertThat(
            process.run(
                _ -> {
                  throw JobException.refused(SampleReason.UNSAFE, "It is unsafe.", "Make it safe.");
                }))
        .isEqualTo(3);
    assertThat(process.outcome("verdict")).isEqualTo("refused");
    assertThat(process.outcome("reason")).isEqualTo("unsafe");
    assertThat(process.outcome("message")).isEqualTo("It is unsafe.");
    assertThat(process.outcome("next_step")).isEqualTo("Make it safe.");
  }

  /// One that the store or the API throws, and the job leaves alone.
  private static final class Unreachable extends RuntimeException implements EndsRun {
    private static final long serialVersionUID = 1L;

    @Override
    public JobException toJobException() {
      return JobException.misconfigured(SampleReason.UNSAFE, "It is elsewhere.", "Look there.");
    }
  }

  @Test
  void letsAFailureSayHowItEndsTheRun() {
    assertThat(
            process.run(
                _ -> {
                  throw new Unreachable();
                }))
        .isEqualTo(2);
    assertThat(process.outcome("reason")).isEqualTo("unsafe");
    assertThat(process.outcome("next_step")).isEqualTo("Look there.");
  }

  @Test
  void tellsWhatItDoesNotKnowWithItsStackTraceOnce() {
    assertThat(
            process.run(
                _ -> {
                  throw new IOException("disk on fire");
                }))
        .isEqualTo(1);
    assertThat(process.outcome("reason")).isEqualTo("unexpected");
    assertThat(process.outcome("message")).isEqualTo("java.io.IOException: disk on fire");
    assertThat(process.log())
        .filteredOn(line -> line.has("error.stack_trace"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.get("error.type").asString()).isEqualTo("java.io.IOException");
              assertThat(line.get("error.message").asString()).isEqualTo("disk on fire");
              assertThat(line.get("error.stack_trace").asString()).contains("JobMainTest");
            });
  }

  @Test
  void reportsErrorsOfTheVirtualMachineToo() {
    assertThat(
            process.run(
                _ -> {
                  throw new NoClassDefFoundError("some/Class");
                }))
        .isEqualTo(1);
    assertThat(process.outcome("message")).contains("some/Class");
  }

  @Test
  void tellsAllProblemsAndTouchesNothing() {
    boolean[] ran = {false};
    int exit =
        process
            .env("MARIADB_USER", "")
            .env("RETENTOIN", "7d")
            .run(
                _ -> {
                  ran[0] = true;
                  return InProcess.fine();
                },
                "--mariadb-port",
                "none");
    assertThat(exit).isEqualTo(2);
    assertThat(ran[0]).isFalse();
    assertThat(process.log())
        .extracting(line -> line.get("message").asString())
        .containsExactly(
            "--mariadb-port (MARIADB_PORT): 'none' is not a port; allowed: 1 to 65535",
            "--mariadb-user (MARIADB_USER): is required, but not set; allowed: text",
            "RETENTOIN: is no setting, but resembles RETENTION; allowed: RETENTION",
            "outcome");
    assertThat(process.outcome("reason")).isEqualTo("configuration");
    assertThat(process.outcome("instance")).isEqualTo("shop-db");
    assertThat(process.outcome("message")).startsWith("3 problems: ");
  }

  @Test
  void checksTheRulesOfTheCommand() {
    assertThat(process.env("MARIADB_USER", "root").run(_ -> InProcess.fine())).isEqualTo(2);
    assertThat(process.outcome("message")).contains("'root' may do too much");
  }

  @Test
  void writesTextForPeople() {
    process
        .env("LOG_FORMAT", "text")
        .env("MARIADB_PASSWORD", "hunter2")
        .run(
            run -> {
              run.report().warn("the disk hunter2 is slow");
              return InProcess.fine();
            });
    assertThat(process.err().lines())
        .hasSize(3)
        .allMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} (INFO |WARN ) .*"))
        .anyMatch(line -> line.endsWith("WARN  the disk **** is slow"))
        .last()
        .asString()
        .endsWith("outcome  exit=0 verdict=fine reason=fine \"All is well.\"");
  }

  @Test
  void keepsLibrariesQuietUnlessTheyWarn() {
    process.run(
        _ -> {
          LoggerFactory.getLogger("io.fabric8.kubernetes").info("chatter");
          LoggerFactory.getLogger("software.amazon.awssdk").warn("trouble");
          return InProcess.fine();
        });
    assertThat(process.err()).doesNotContain("chatter").contains("trouble");
  }

  @Test
  void helpsOnStandardOutput() {
    assertThat(process.run(_ -> InProcess.fine(), "--help")).isZero();
    assertThat(process.out()).contains("Usage: sample-job", "[MARIADB_PORT]  default: 3306");
    assertThat(process.err()).isEmpty();
    InProcess second = new InProcess();
    assertThat(second.run(_ -> InProcess.fine(), "--version")).isZero();
    assertThat(second.out()).startsWith("sample-job ");
  }

  @Test
  void writesTheTerminationMessage() throws IOException {
    Path file = Files.createFile(directory.resolve("termination-log"));
    process
        .env("TERMINATION_LOG", file.toString())
        .run(
            run -> {
              run.report().warn("ü".repeat(5000));
              return InProcess.fine();
            });
    assertThat(Files.size(file)).isLessThanOrEqualTo(4096);
    JsonNode written = JsonMapper.shared().readTree(Files.readString(file));
    assertThat(written.get("warnings_dropped").asInt()).isEqualTo(1);
    assertThat(written.get("run_id").asString()).isEqualTo(process.outcome("run_id"));
  }
}
