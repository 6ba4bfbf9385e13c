package dev.snapshotjobs.snapshot;

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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The reference says what the code does.
class DocumentsTest {
  private static final Path REFERENCE = Path.of("../docs/reference");
  private static final Pattern KEY_IN_CODE = Pattern.compile("addKeyValue\\(\\s*\"([^\"]+)\"");
  private static final Pattern KEY_IN_DOCUMENT = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

  @Test
  void listsEverySetting() throws IOException {
    SettingsDocument.committed()
        .verify(new SettingsReference("snapshot-job", List.of(new SnapshotCommand())));
  }

  @Test
  void listsEveryPreflightRuleWithWhatItLeadsTo() throws IOException {
    String expected =
        Arrays.stream(PreflightRule.values())
            .map(
                rule ->
                    "| `%s` | %s | %s |"
                        .formatted(rule.code(), rule.sentence(), rule.consequence().meaning()))
            .collect(Collectors.joining("\n"));
    Path document = REFERENCE.resolve("preflight.md");
    if (Boolean.getBoolean("update-docs")) {
      String before = Files.readString(document);
      String table = "| finding | what it means | what the run does |\n| --- | --- | --- |\n";
      Files.writeString(
          document, before.substring(0, before.indexOf("| finding |")) + table + expected + "\n");
    }
    assertThat(Files.readString(document)).contains(expected);
  }

  @Test
  void listsEveryFieldThatTheJobLogs() throws IOException {
    Set<String> used = new TreeSet<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
        Matcher key = KEY_IN_CODE.matcher(Files.readString(source));
        while (key.find()) {
          used.add(key.group(1));
        }
      }
    }
    Set<String> documented =
        KEY_IN_DOCUMENT
            .matcher(Files.readString(REFERENCE.resolve("log-fields-of-jobs.md")))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toSet());
    assertThat(documented).containsAll(used);
  }
}
