package dev.snapshotjobs.common.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.config.DurationConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriverProfileTest {
  @Test
  void isWhatTheReferenceSays() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/reference/driver-profiles.md")).stream()
            .filter(line -> line.startsWith("| `") || line.startsWith("| any other"))
            .toList();
    List<String> expected =
        Stream.concat(
                DriverProfile.KNOWN.stream().map(known -> row("`" + known.driver() + "`", known)),
                Stream.of(row("any other", DriverProfile.unknown("x"))))
            .toList();

    assertThat(rows).hasSameSizeAs(expected);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i)).startsWith(expected.get(i));
    }
  }

  private static String row(String name, DriverProfile profile) {
    return "| %s | %s | %s | %s | "
        .formatted(
            name,
            profile.releaseAt(),
            DurationConverter.format(profile.minimalInterval()),
            profile.independent() ? "yes" : "no");
  }

  @ParameterizedTest
  @CsvSource({
    "consistent,       backup-stage, true",
    "consistent,       flush-tables, true",
    "crash-consistent, none,         true",
    "crash-consistent, backup-stage, false",
    "pending,          none,         false",
    "aborted,          none,         false",
    "consistent-ish,   none,         false"
  })
  void onlyWhatItsJobWasAskedForCounts(String state, String mode, boolean counts) {
    assertThat(
            SnapshotState.counts(
                Map.of(SnapshotKeys.STATE, state), Map.of(SnapshotKeys.MODE, mode)))
        .isEqualTo(counts);
  }
}
