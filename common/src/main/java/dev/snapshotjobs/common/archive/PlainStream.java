package dev.snapshotjobs.common.archive;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import java.io.IOException;
import java.io.InputStream;

/// The plain bytes of a whole object from front to back, as `zstd -d` would give them, in little
/// memory. It has exactly the size that was announced, or fails.
public final class PlainStream extends InputStream {
  /// No frame of ours refers further back than its own size.
  private static final int WINDOW = Integer.numberOfTrailingZeros(ArchiveLimits.FRAME);

  private final String object;
  private final ZstdInputStreamNoFinalizer in;
  private final long least;
  private final long most;
  private long offset;

  private PlainStream(String object, InputStream packed, long least, long most) throws IOException {
    this.object = object;
    this.least = least;
    this.most = most;
    this.in = new ZstdInputStreamNoFinalizer(packed).setLongMax(WINDOW);
  }

  /// Of a whole object.
  ///
  /// @param object the key, for what there is to complain about
  public static PlainStream of(String object, InputStream packed, long plainBytes)
      throws IOException {
    return new PlainStream(object, packed, plainBytes, plainBytes);
  }

  static PlainStream upTo(String object, InputStream packed, long plainBytes) throws IOException {
    return new PlainStream(object, packed, 0, plainBytes);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int read;
    try {
      read = in.read(into, from, length);
    } catch (ZstdIOException e) {
      throw new ArchiveFormatException(
          Fault.DAMAGED, object, "after " + offset + " plain bytes: " + e.getMessage(), e);
    }
    if (read < 0 && offset < least) {
      throw wrong("has %d plain bytes, and should have %d".formatted(offset, least));
    }
    offset += Math.max(0, read);
    if (offset > most) {
      throw wrong("has more than %d plain bytes".formatted(most));
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private ArchiveFormatException wrong(String what) {
    return new ArchiveFormatException(Fault.WRONG_LENGTH, object, what);
  }
}
