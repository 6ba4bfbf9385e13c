package dev.snapshotjobs.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class SecretsStaySecretTest {

  private static final Logger LOG = LoggerFactory.getLogger(SecretsStaySecretTest.class);

  private final InProcess process = new InProcess();

  @TempDir Path directory = Path.of("");

  /// Quotes and backslashes: in JSON they look different, and a mask over them must leave JSON.
  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "hun\"ter\\2", "{\"a\":", "ü🙂\t!", "330600"})
  void inLogsOutcomeExceptionsAndStackTraces(String secret) {
    String inJson = JsonMapper.shared().writeValueAsString(Map.of("password", secret));
    int exit =
        process
            .env("MARIADB_PASSWORD", secret)
            .run(
                run -> {
                  LOG.atInfo()
                      .addKeyValue("request", inJson)
                      .addKeyValue("nested", Map.of("password", secret))
                      .addKeyValue("number", 330_600)
                      .log("connecting with " + secret);
                  run.report().warn("warned of " + secret);
                  run.report().position("gtid", secret);
                  throw new IllegalStateException(
                      "failed with " + secret, new SQLException("denied " + inJson));
                });
    assertThat(exit).isEqualTo(1);
    // Each line still is JSON, and neither form of the secret is in any of its values.
    assertThat(process.log()).hasSizeGreaterThan(3);
    String inside = JsonMapper.shared().writeValueAsString(secret);
    assertThat(process.err())
        .doesNotContain(secret)
        .doesNotContain(inside.substring(1, inside.length() - 1))
        .contains("connecting with ****", "warned of ****", "failed with ****", "denied ");
    process.log().forEach(line -> assertThat(line.toString()).doesNotContain(secret));
    assertThat(process.outcome("message"))
        .isEqualTo("java.lang.IllegalStateException: failed with ****");
  }

  @Test
  void inWhatIsToldToSinks() throws IOException {
    Path file = Files.createFile(directory.resolve("termination-log"));
    process
        .env("TERMINATION_LOG", file.toString())
        .env("MARIADB_PASSWORD", "hun\"ter2")
        .run(
            run -> {
              run.report().position("gtid", "hun\"ter2");
              run.report().warn("warned of hun\"ter2");
              throw JobException.failed(
                  SampleReason.UNSAFE, "failed with hun\"ter2", "use hun\"ter2");
            });
    assertThat(file)
        .content()
        .contains("\"gtid\":\"****\"", "warned of ****", "failed with ****", "use ****")
        .doesNotContain("ter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "text"})
  void inTheTextOfProblems(String format) {
    int exit =
        process
            .env("LOG_FORMAT", format)
            .env("MARIADB_PASSWORD", "hunter2")
            .run(_ -> InProcess.fine(), "--mariadb-port=hunter2");
    assertThat(exit).isEqualTo(2);
    assertThat(process.err()).contains("'****' is not a port").doesNotContain("hunter2");
  }
}
