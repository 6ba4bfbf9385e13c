package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.config.KeysInSource;
import dev.snapshotjobs.common.config.SettingsDocument;
import dev.snapshotjobs.common.config.SettingsReference;
import dev.snapshotjobs.common.job.FrameReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The reference says what the code does.
class DocumentsTest {
  private static final Path REFERENCE = Path.of("../docs/reference");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT|Contract))#(\\w+)`");
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
    Set<String> documented =
        KEY_IN_DOCUMENT
            .matcher(Files.readString(REFERENCE.resolve("log-fields-of-jobs.md")))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toSet());
    assertThat(documented).containsAll(KeysInSource.logged());
  }

  @Test
  void theRunbookKnowsEachEndOfARun() throws IOException {
    String runbook = Files.readString(REFERENCE.resolveSibling("runbook.md"));

    assertThat(
            Stream.concat(
                    Arrays.stream(SnapshotReason.values()), Arrays.stream(FrameReason.values()))
                .map(reason -> "| `" + reason.code() + "` |"))
        .allSatisfy(row -> assertThat(runbook).contains(row));
    assertThat(Arrays.stream(PreflightRule.values()))
        .filteredOn(
            rule ->
                rule.consequence() == PreflightRule.Consequence.RETRY
                    || rule.consequence() == PreflightRule.Consequence.USAGE)
        .allSatisfy(rule -> assertThat(runbook).contains("`" + rule.code() + "`"));
  }

  @Test
  void everyEdgeCaseIsHeldByATestThatExistsOrSaysWhyNot() throws IOException {
    Map<String, String> tests = testsByClass();
    List<String> rows =
        Files.readAllLines(REFERENCE.resolve("edge-cases.md")).stream()
            .filter(line -> line.matches("\\| [A-Z]\\d+ \\|.*"))
            .toList();

    assertThat(rows).hasSizeGreaterThan(60);
    for (String row : rows) {
      List<MatchResult> named = TEST.matcher(row).results().toList();
      assertThat(!named.isEmpty() || row.matches(".*\\| (no |as ).*")).as(row).isTrue();
      for (MatchResult test : named) {
        assertThat(tests.getOrDefault(test.group(1), ""))
            .as(row)
            .contains("void " + test.group(2) + "(");
      }
    }
  }

  private static Map<String, String> testsByClass() throws IOException {
    Map<String, String> tests = new HashMap<>();
    try (Stream<Path> files = Files.walk(Path.of(".."), 12)) {
      for (Path file : files.filter(DocumentsTest::hasTests).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        tests.merge(name, Files.readString(file), String::concat);
      }
    }
    return tests;
  }

  private static boolean hasTests(Path file) {
    return file.toString().matches(".*(Test|IT|Contract)[.]java");
  }
}
