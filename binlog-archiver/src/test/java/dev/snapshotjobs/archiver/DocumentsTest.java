package dev.snapshotjobs.archiver;

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

    assertThat(keys(LOGGED, "*.java"))
        .allSatisfy(key -> assertThat(section).contains("| `" + key + "` |"));
  }

  @Test
  void listsEveryFieldOfTheStatus() throws IOException {
    String document = Files.readString(REFERENCE.resolve("archive-status.md"));

    assertThat(keys(IN_JSON, "StatusText.java"))
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

  private static Set<String> keys(Pattern pattern, String files) throws IOException {
    Set<String> keys = new TreeSet<>();
    Path sources = Path.of("src/main/java/dev/snapshotjobs/archiver");
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
