package dev.snapshotjobs.common.config;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A command with one setting of each kind.
@Command(name = "sample-job", description = "Does nothing.")
final class SampleCommand implements Checked {

  @Mixin final CommonOptions common = new CommonOptions(Duration.ofMinutes(20));
  @Mixin final MariaDbOptions mariaDb = new MariaDbOptions();

  @Option(names = "--max-hold", description = "Longest time to hold the lock.")
  Duration maxHold = Duration.ofSeconds(30);

  @Option(names = "--chunk-size", defaultValue = "8Mi", description = "Size of a chunk.")
  ByteSize chunkSize = new ByteSize(0);

  @Option(names = "--schemas", split = ",", description = "Schemas to look at.")
  List<String> schemas = List.of();

  @ArgumentOnly
  @Option(names = "--to", description = "Where to stop.")
  @Nullable Instant to;

  @Override
  public void check(Problems problems) {
    if (maxHold.compareTo(common.deadline()) > 0) {
      problems.add("--max-hold", "'" + maxHold + "' is longer than --deadline", "");
    }
  }
}
