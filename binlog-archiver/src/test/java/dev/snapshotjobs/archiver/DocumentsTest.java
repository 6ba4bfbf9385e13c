package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.config.KeysInSource;
import dev.snapshotjobs.common.config.SettingsDocument;
import dev.snapshotjobs.common.config.SettingsReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The reference says what the code does.
class DocumentsTest {
  private static final Path REFERENCE = Path.of("../docs/reference");
  private static final Pattern IN_JSON = Pattern.compile("fields[.]put\\(\\s*\"([^\"]+)\"");

  @Test
  void listsEverySetting() throws IOException {
    SettingsDocument.committed()
        .verify(new SettingsReference("binlog-archiver", List.of(new ArchiverProgram())));
  }

  @Test
  void listsEveryFieldThatTheJobLogs() throws IOException {
    String document = Files.readString(REFERENCE.resolve("log-fields-of-jobs.md"));
    String section = document.substring(document.indexOf("## binlog-archiver"));

    assertThat(KeysInSource.logged())
        .allSatisfy(key -> assertThat(section).contains("| `" + key + "` |"));
  }

  @Test
  void listsEveryFieldOfTheStatus() throws IOException {
    String document = Files.readString(REFERENCE.resolve("archive-status.md"));

    assertThat(KeysInSource.of(IN_JSON, "StatusText.java"))
        .hasSizeGreaterThan(20)
        .allSatisfy(
            key ->
                assertThat(document)
                    .containsPattern("`([a-z]+(\\[\\])?[.])?" + key + "(\\[|[.]|` \\|)"));
  }

  @Test
  void theRunbookKnowsEachEndOfARun() throws IOException {
    String runbook = Files.readString(REFERENCE.resolveSibling("runbook.md"));
    String section = runbook.substring(runbook.indexOf("## binlog-archiver"));

    assertThat(Arrays.stream(ArchiverReason.values()).map(reason -> "| `" + reason.code() + "` |"))
        .allSatisfy(row -> assertThat(section).contains(row));
  }
}
