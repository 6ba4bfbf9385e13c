package dev.snapshotjobs.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.report.Outcome;
import dev.snapshotjobs.common.report.OutcomeSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The reference says what the code does.
class DocumentsTest {

  private static final Path REFERENCE = Path.of("../docs/reference");
  private static final Pattern FIELD = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

  @Test
  void listsEveryExitCodeWithItsMeaning() throws IOException {
    List<String> rows =
        Files.readAllLines(REFERENCE.resolve("exit-codes.md")).stream()
            .filter(line -> line.matches("\\| \\d+ \\|.*"))
            .toList();
    List<String> expected =
        Arrays.stream(ExitCode.values())
            .map(exit -> "| %d | `%s` | %s | ".formatted(exit.code(), exit, exit.meaning()))
            .toList();
    assertThat(rows).hasSameSizeAs(expected);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i)).startsWith(expected.get(i));
    }
  }

  @Test
  void listsEveryFieldThatTheFrameLogs() throws IOException {
    String document = Files.readString(REFERENCE.resolve("log-fields.md"));
    Set<String> documented =
        FIELD.matcher(document).results().map(row -> row.group(1)).collect(Collectors.toSet());
    InProcess process = new InProcess();
    process.run(
        run -> {
          run.addSink(new FailingSink());
          run.stop()
              .onStop(
                  "unlock",
                  () -> {
                    throw new IllegalStateException("planned");
                  });
          run.stop().request(StopSignal.Cause.SIGNAL);
          throw JobException.failed(SampleReason.UNSAFE, "It is unsafe.", "Make it safe.");
        });
    Set<String> logged = new TreeSet<>();
    for (JsonNode line : process.log()) {
      logged.addAll(line.propertyNames());
    }
    logged.addAll(process.outcome().propertyNames());
    assertThat(logged).isEqualTo(new TreeSet<>(documented));
  }

  @Test
  void everyLineSaysWhoseItIs() {
    InProcess process = new InProcess();
    process.run(_ -> InProcess.fine());
    assertThat(process.log())
        .allSatisfy(
            line -> {
              assertThat(line.get("service.name").asString()).isEqualTo("sample-job");
              assertThat(line.get("instance").asString()).isEqualTo("shop-db");
              assertThat(line.get("run_id").asString()).startsWith("20261122-");
              assertThat(line.get("@timestamp").asString())
                  .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            });
  }

  private record FailingSink() implements OutcomeSink {

    @Override
    public String name() {
      return "failing";
    }

    @Override
    public void deliver(Outcome outcome) throws IOException {
      throw new IOException("no route");
    }
  }
}
