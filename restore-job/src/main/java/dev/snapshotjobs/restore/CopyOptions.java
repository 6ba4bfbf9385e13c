package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.ArgumentOnly;
import dev.snapshotjobs.common.config.Checked;
import dev.snapshotjobs.common.config.Problems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which restore the container is one of, and where it finds the data.
final class CopyOptions implements Checked {
  @ArgumentOnly
  @Option(names = "--restore-id", description = "The restore whose plan is in the bucket.")
  private @Nullable String restore;

  @ArgumentOnly
  @Option(
      names = "--clone-of",
      description = "The snapshot of which this is a copy, where nothing is replayed.")
  private @Nullable String snapshot;

  @ArgumentOnly
  @Option(names = "--data-dir", required = true, description = "Where the data of the copy are.")
  private @Nullable Path dataDir;

  @ArgumentOnly
  @Option(
      names = "--scratch",
      required = true,
      description = "A folder that the containers of the restore share.")
  private @Nullable Path scratch;

  @Override
  public void check(Problems problems) {
    if (Stream.of(restore, snapshot).filter(one -> one != null).count() != 1) {
      problems.add("--restore-id", "is not the only source, or there is none", "it or --clone-of");
    }
    requireFolder("--data-dir", dataDir, problems);
    requireFolder("--scratch", scratch, problems);
  }

  private static void requireFolder(String option, @Nullable Path folder, Problems problems) {
    if (folder != null && !Files.isDirectory(folder)) {
      problems.add(option, "'" + folder + "' is no folder", "a folder that is mounted");
    }
  }

  Optional<String> restore() {
    return Optional.ofNullable(restore);
  }

  Optional<String> snapshot() {
    return Optional.ofNullable(snapshot);
  }

  /// By which the copy is known again.
  String id() {
    return restore().or(this::snapshot).orElseThrow();
  }

  Path dataDir() {
    return java.util.Objects.requireNonNull(dataDir);
  }

  Scratch scratch() {
    return new Scratch(java.util.Objects.requireNonNull(scratch));
  }
}
