package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.config.SettingsDocument;
import dev.snapshotjobs.common.config.SettingsReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The reference says what the code does.
class DocumentsTest {
  private static final Path REFERENCE = Path.of("../docs/reference");
  private static final Pattern LOGGED = Pattern.compile("addKeyValue\\(\\s*\"([^\"]+)\"");

  @Test
  void listsEverySetting() throws IOException {
    SettingsDocument.committed()
        .verify(new SettingsReference("restore-job", List.of(new RestoreProgram())));
  }

  @Test
  void listsEveryFieldThatTheJobLogs() throws IOException {
    String document = Files.readString(REFERENCE.resolve("log-fields-of-jobs.md"));
    String section = document.substring(document.indexOf("## restore-job"));

    assertThat(keys(LOGGED, "*.java"))
        .allSatisfy(key -> assertThat(section).contains("| `" + key + "` |"));
  }

  @Test
  void theRunbookKnowsEachEndOfARun() throws IOException {
    String runbook = Files.readString(REFERENCE.resolveSibling("runbook.md"));
    String section = runbook.substring(runbook.indexOf("## restore-job"));

    assertThat(Arrays.stream(RestoreReason.values()).map(reason -> "| `" + reason.code() + "` |"))
        .allSatisfy(row -> assertThat(section).contains(row));
  }

  private static Set<String> keys(Pattern pattern, String files) throws IOException {
    Set<String> keys = new TreeSet<>();
    Path sources = Path.of("src/main/java/dev/snapshotjobs/restore");
    try (Stream<Path> all = Files.list(sources)) {
      var wanted = sources.getFileSystem().getPathMatcher("glob:" + files);
      for (Path source : all.filter(path -> wanted.matches(path.getFileName())).toList()) {
        Matcher key = pattern.matcher(Files.readString(source));
        while (key.find()) {
          keys.add(key.group(1));
        }
      }
    }
    return keys;
  }
}
