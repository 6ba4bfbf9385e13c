package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.ArgumentOnly;
import dev.snapshotjobs.common.config.ByteSize;
import dev.snapshotjobs.common.config.Checked;
import dev.snapshotjobs.common.config.KubernetesNameConverter;
import dev.snapshotjobs.common.config.Problems;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a restore is carried out, whatever it restores. What is of one restore alone is only ever
/// given as an argument.
final class RestoreOptions implements Checked {
  private static final long LEAST_MEMORY = 128L << 20;
  private static final int MOST_ATTEMPTS = 10;

  @Option(
      names = "--restore-pod",
      converter = KubernetesNameConverter.class,
      description =
          "Pod of this run: its image, and what it reaches the bucket by, are those of the pods that"
              + " it starts.")
  private @Nullable String restorePod;

  @ArgumentOnly
  @Option(
      names = "--restore-id",
      converter = RestoreIdConverter.class,
      description =
          "Name of the volume, the Job and the plan; by default made of what the restore leads to.")
  private @Nullable String restoreId;

  @Option(
      names = "--storage-class",
      converter = KubernetesNameConverter.class,
      description = "StorageClass of the restored volume; by default the source's.")
  private @Nullable String storageClass;

  @Option(
      names = "--attempts",
      description = "How many copies of the snapshot may be tried, one after the other.")
  private int attempts = 3;

  @ArgumentOnly
  @Option(
      names = "--server-image",
      description = "Image of the server; by default the one that the snapshot recorded.")
  private @Nullable String serverImage;

  @Option(
      names = "--key-password-file",
      description =
          "File with the password of the file with the keys of encrypted data, where the source has"
              + " the password itself in file_key_management_filekey.")
  private @Nullable String keyPasswordFile;

  @Option(
      names = "--server-memory",
      description = "Memory of the server of a restore; half of it is its buffer pool.")
  private ByteSize serverMemory = new ByteSize(1L << 30);

  @Option(
      names = "--scratch-size",
      description = "Room on the node's disk for what is needed beside the data.")
  private ByteSize scratchSize = new ByteSize(10L << 30);

  @Option(
      names = "--attempt-timeout",
      description = "How long the work on one copy may take: activeDeadlineSeconds of its Job.")
  private Duration attemptTimeout = Duration.ofHours(5);

  @Option(
      names = "--start-timeout",
      description = "How long snapshot, volume and server may each take to be there.")
  private Duration startTimeout = Duration.ofMinutes(30);

  @ArgumentOnly
  @Option(
      names = "--accept-recovered-position",
      description =
          "Begin where the copy's own log ends, though the snapshot recorded another position.")
  private boolean acceptRecoveredPosition;

  @ArgumentOnly
  @Option(
      names = "--stateful-set",
      description =
          "Also start a server on the restored volume: StatefulSet and Service NAME-restored, after"
              + " the source's.")
  private boolean statefulSet;

  @Override
  public void check(Problems problems) {
    if (attempts < 1 || attempts > MOST_ATTEMPTS) {
      problems.add("--attempts", "is " + attempts, "1 to " + MOST_ATTEMPTS);
    }
    if (keyPasswordFile != null && !keyPasswordFile.startsWith("/")) {
      problems.add("--key-password-file", "'" + keyPasswordFile + "' is no path", "/etc/…");
    }
    if (serverMemory.bytes() < LEAST_MEMORY) {
      problems.add("--server-memory", "no server starts with " + serverMemory, "128Mi or more");
    }
    if (scratchSize.bytes() == 0) {
      problems.add("--scratch-size", "'0' leaves no room", "more than 0");
    }
    if (attemptTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
      problems.add("--attempt-timeout", "leaves no time for the work", "1s or more");
    }
  }

  RestoreSettings settings() {
    return new RestoreSettings(
        Optional.ofNullable(restorePod),
        Optional.ofNullable(restoreId),
        Optional.ofNullable(storageClass),
        Optional.ofNullable(serverImage),
        Optional.ofNullable(keyPasswordFile),
        new RestoreSettings.Sizes(serverMemory, scratchSize),
        new RestoreSettings.Limits(attempts, startTimeout, attemptTimeout),
        acceptRecoveredPosition,
        statefulSet);
  }
}
