package dev.snapshotjobs.common.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes the outcome to the file that Kubernetes shows as the container's termination message.
/// Outside a container there is no such file, and none is made.
public record TerminationMessageSink(Path file) implements OutcomeSink {

  /// More is cut off by the kubelet.
  private static final int MAX_BYTES = 4096;

  @Override
  public String name() {
    return "termination-message";
  }

  @Override
  public void deliver(Outcome outcome) throws IOException {
    if (Files.isWritable(file)) {
      Files.writeString(
          file,
          outcome.toJson(MAX_BYTES),
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
    }
  }
}
