package dev.snapshotjobs.common.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The committed `docs/reference/settings.md`: one section for each job, which that job's test
/// holds to its declarations. In a test of a job:
///
/// ```java
/// SettingsDocument.committed().verify(new SettingsReference("x-job", List.of(new XCommand())));
/// ```
public record SettingsDocument(Path file) {

  private static final String TITLE =
      """
      # Settings

      Each setting is an environment variable and an option of the same name; the option wins. An
      empty variable counts as unset. A variable that resembles a setting without being one is an
      error. This file is written from the declarations: `mvn verify -Dupdate-docs=true`.

      """;

  /// The document of this repository, found from the directory of any module.
  public static SettingsDocument committed() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("docs/reference"))) {
        return new SettingsDocument(at.resolve("docs/reference/settings.md"));
      }
    }
    throw new AssertionError("docs/reference is in no directory above");
  }

  /// Fails when the section of the job differs, or writes it with `-Dupdate-docs=true`; fails too
  /// when the job reads a variable that the other jobs would not know.
  public void verify(SettingsReference reference) throws IOException {
    Set<String> unknown = new TreeSet<>(reference.variables());
    unknown.removeAll(KnownSettings.VARIABLES);
    if (!unknown.isEmpty()) {
      throw new AssertionError("missing in KnownSettings: " + unknown);
    }
    if (Boolean.getBoolean("update-docs")) {
      write(reference);
    }
    holds(reference);
  }

  void holds(SettingsReference reference) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).contains(reference.markdown())) {
      throw new AssertionError(
          file.getFileName()
              + " differs from the declarations of "
              + reference.job()
              + "; write it with -Dupdate-docs=true");
    }
  }

  void write(SettingsReference reference) throws IOException {
    String before = Files.exists(file) ? Files.readString(file) : TITLE;
    String heading = "## " + reference.job() + "\n";
    String others =
        Arrays.stream(before.split("(?m)^(?=## )"))
            .filter(section -> !section.startsWith(heading))
            .map(section -> section.stripTrailing() + "\n\n")
            .collect(Collectors.joining());
    Files.writeString(file, others + reference.markdown().stripTrailing() + "\n");
  }
}
