package dev.snapshotjobs.common.binlog;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// An event that arrives in pieces: of its bytes only the first few are kept, the others only go
/// into its checksum.
final class PartialEvent {
  private final EventHeader header;
  private final int limit;
  private final long checksumAt;
  private final @Nullable RowCounter rows;
  private final CRC32 crc = new CRC32();
  private byte[] kept = new byte[256];
  private int keptLength;
  private long received;
  private long storedChecksum;

  /// @param rows is given the content; null if nobody counts
  PartialEvent(
      EventHeader header, int limit, ChecksumAlgorithm checksum, @Nullable RowCounter rows) {
    this.header = header;
    this.rows = rows;
    this.limit = limit;
    this.checksumAt = header.size() - checksum.bytes();
  }

  EventHeader header() {
    return header;
  }

  /// Takes what belongs to the event and says how much that was.
  int take(byte[] bytes, int from, int end) {
    int length = (int) Math.min(end - from, header.size() - received);
    keep(bytes, from, length);
    int summed = Math.clamp(checksumAt - received, 0, length);
    crc.update(bytes, from, summed);
    for (int i = from + summed; i < from + length; i++) {
      storedChecksum = (storedChecksum >>> 8) | ((bytes[i] & 0xFFL) << 24);
    }
    if (rows != null) {
      int headerPart = Math.clamp(EventHeader.SIZE - received, 0, summed);
      rows.accept(bytes, from + headerPart, summed - headerPart);
    }
    received += length;
    return length;
  }

  private void keep(byte[] bytes, int from, int length) {
    int wanted = Math.min(length, limit - keptLength);
    if (wanted > kept.length - keptLength) {
      kept = Arrays.copyOf(kept, Math.min(limit, Math.max(keptLength + wanted, 2 * kept.length)));
    }
    System.arraycopy(bytes, from, kept, keptLength, wanted);
    keptLength += wanted;
  }

  boolean isWhole() {
    return received == header.size();
  }

  boolean checksumHolds() {
    return checksumAt == header.size() || crc.getValue() == storedChecksum;
  }

  byte[] kept() {
    return kept;
  }

  int keptLength() {
    return keptLength;
  }
}
