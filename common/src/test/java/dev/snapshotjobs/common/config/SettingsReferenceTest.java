package dev.snapshotjobs.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReferenceTest {

  private final SettingsReference reference =
      new SettingsReference("sample-job", List.of(new SampleCommand()));

  @TempDir Path directory = Path.of("");

  @Test
  void rendersEachSettingOnce() {
    assertThat(reference.markdown())
        .startsWith("## sample-job\n\n| Variable | Option | Default | Allowed | Meaning |\n")
        .contains(
            "| `MAX_HOLD` | `--max-hold` | `30s` | 90s, 15m, 6h, 7d or ISO-8601 such as PT15M |"
                + " Longest time to hold the lock. |\n")
        .contains("| `MARIADB_PASSWORD_FILE` or `MARIADB_PASSWORD` | `--mariadb-password-file` |")
        .contains("|  | `--to` |  |")
        .doesNotContain("--help");
    assertThat(reference.variables())
        .contains("INSTANCE", "MARIADB_PASSWORD", "MARIADB_PASSWORD_FILE")
        .doesNotContain("TO");
  }

  @Test
  void findsADocumentThatFellBehindAndWritesIt() throws IOException {
    Path file = directory.resolve("settings.md");
    Files.writeString(file, "# Settings\n\n## other-job\n\nkept\n\n## sample-job\n\nold\n");
    SettingsDocument document = new SettingsDocument(file);

    assertThatThrownBy(() -> document.holds(reference))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dupdate-docs=true");

    document.write(reference);
    document.holds(reference);
    assertThat(file)
        .content()
        .startsWith("# Settings\n\n## other-job\n\nkept\n\n## sample-job\n\n|");
  }
}
