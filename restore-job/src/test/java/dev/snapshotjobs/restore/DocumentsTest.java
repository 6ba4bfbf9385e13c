package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.config.KeysInSource;
import dev.snapshotjobs.common.config.SettingsDocument;
import dev.snapshotjobs.common.config.SettingsReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The reference says what the code does.
class DocumentsTest {
  private static final Path REFERENCE = Path.of("../docs/reference");

  @Test
  void listsEverySetting() throws IOException {
    SettingsDocument.committed()
        .verify(new SettingsReference("restore-job", List.of(new RestoreProgram())));
  }

  @Test
  void listsEveryFieldThatTheJobLogs() throws IOException {
    String document = Files.readString(REFERENCE.resolve("log-fields-of-jobs.md"));
    String section = document.substring(document.indexOf("## restore-job"));

    assertThat(KeysInSource.logged())
        .allSatisfy(key -> assertThat(section).contains("| `" + key + "` |"));
  }

  @Test
  void theRunbookKnowsEachEndOfARun() throws IOException {
    String runbook = Files.readString(REFERENCE.resolveSibling("runbook.md"));
    String section = runbook.substring(runbook.indexOf("## restore-job"));

    assertThat(Arrays.stream(RestoreReason.values()).map(reason -> "| `" + reason.code() + "` |"))
        .allSatisfy(row -> assertThat(section).contains(row));
  }
}
