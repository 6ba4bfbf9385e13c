package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.PlainSink;
import dev.snapshotjobs.common.archive.TailPrefix;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Queue;

/// Holds a log that is read from its first byte against what is archived of it as chunks: they have
/// to be its beginning, byte by byte.
final class PrefixCheck implements PlainSink {
  private record Border(long offset, String sha256) {}

  private final Queue<Border> borders = new ArrayDeque<>();
  private final MessageDigest digest;
  private long offset;
  private Optional<String> difference = Optional.empty();

  PrefixCheck(TailPrefix archived) {
    archived
        .chunks()
        .forEach(chunk -> borders.add(new Border(chunk.range().to(), chunk.prefix().sha256())));
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  @Override
  public void accept(byte[] bytes, int from, int length) throws IOException {
    int done = 0;
    while (done < length && !borders.isEmpty()) {
      int piece = (int) Math.min(length - done, borders.element().offset() - offset);
      digest.update(bytes, from + done, piece);
      done += piece;
      offset += piece;
      if (offset == borders.element().offset()) {
        compare(borders.remove());
      }
    }
  }

  private void compare(Border border) {
    String found = HexFormat.of().formatHex(copy().digest());
    if (!found.equals(border.sha256()) && difference.isEmpty()) {
      difference =
          Optional.of("the first %d bytes are not those that are archived".formatted(offset));
    }
  }

  private MessageDigest copy() {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
    }
  }

  /// What is different so far.
  Optional<String> difference() {
    return difference;
  }

  /// What is different, now that the log has ended.
  Optional<String> differenceAtTheEnd() {
    return difference.or(
        () ->
            Optional.ofNullable(borders.peek())
                .map(
                    border ->
                        "it ends at %d, and is archived up to at least %d"
                            .formatted(offset, border.offset())));
  }
}
