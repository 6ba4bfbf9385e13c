package dev.snapshotjobs.common.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import dev.snapshotjobs.common.binlog.InUseFlag;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

/// Compresses the plain bytes of a log into frames that can be read each on its own, and all
/// together by `zstd -d`. Each has its size and a checksum. Needs the memory of two frames. Not for
/// several threads.
final class FrameWriter implements AutoCloseable {
  /// Binary logs get smaller by level 1 than by any up to 5, and twice as fast as by 3, the default
  /// (measured: docs/reference/bucket-layout.md).
  static final int LEVEL = 1;

  private static final int FIRST_BUFFER = 64 << 10;

  /// A frame is cut at the end of an event if it gets no smaller than this.
  private static final int SMALLEST_AT_BORDER = ArchiveLimits.FRAME / 4 * 3;

  private final OutputStream out;
  private final PlainSink asWritten;
  private final Consumer<Frame> frames;
  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private byte[] plain = new byte[FIRST_BUFFER];
  private byte[] packed = new byte[0];
  private int filled;
  private long start;
  private long border;
  private long objectOffset;
  private int count;

  /// @param start where the first byte stands in its log
  /// @param asWritten is told of the plain bytes, which may differ from what was given in one bit:
  ///   see [InUseFlag]
  FrameWriter(OutputStream out, long start, PlainSink asWritten, Consumer<Frame> frames) {
    this.out = out;
    this.start = start;
    this.asWritten = asWritten;
    this.frames = frames;
    zstd.setLevel(LEVEL).setChecksum(true).setContentSize(true);
  }

  void accept(byte[] bytes, int from, int length) throws IOException {
    int end = Objects.checkFromIndexSize(from, length, bytes.length) + length;
    int at = from;
    while (at < end) {
      int taken = Math.min(end - at, ArchiveLimits.FRAME - filled);
      makeRoom(taken);
      System.arraycopy(bytes, at, plain, filled, taken);
      InUseFlag.clear(plain, filled, taken, start + filled);
      filled += taken;
      at += taken;
      if (filled == ArchiveLimits.FRAME) {
        write(border - start >= SMALLEST_AT_BORDER ? (int) (border - start) : filled);
      }
    }
  }

  /// Says that an event ends there, among the bytes that were given: a good place to cut.
  void eventEndsAt(long offset) {
    border = offset;
  }

  /// Where the next byte stands in its log.
  long offset() {
    return start + filled;
  }

  int count() {
    return count;
  }

  /// Writes what is left. Does not close the stream.
  void finish() throws IOException {
    if (filled > 0) {
      write(filled);
    }
    out.flush();
  }

  @Override
  public void close() {
    zstd.close();
  }

  private void makeRoom(int more) {
    if (filled + more > plain.length) {
      int size = Math.max(filled + more, Math.min(2 * plain.length, ArchiveLimits.FRAME));
      plain = Arrays.copyOf(plain, size);
    }
  }

  private void write(int length) throws IOException {
    if (count == ArchiveLimits.FRAMES) {
      throw new ArchiveFormatException(
          Fault.TOO_LARGE, "a log", "has more than " + ArchiveLimits.FRAMES + " frames");
    }
    int bound = (int) Zstd.compressBound(length);
    if (packed.length < bound) {
      packed = new byte[bound];
    }
    int size = zstd.compressByteArray(packed, 0, packed.length, plain, 0, length);
    asWritten.accept(plain, 0, length);
    out.write(packed, 0, size);
    frames.accept(new Frame(start, length, objectOffset, size));
    count++;
    objectOffset += size;
    start += length;
    filled -= length;
    System.arraycopy(plain, length, plain, 0, filled);
  }
}
