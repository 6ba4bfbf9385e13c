package dev.snapshotjobs.common.archive;

import com.github.luben.zstd.Zstd;
import java.util.Arrays;

/// Bytes compressed and back, not by our code.
final class Packed {
  private Packed() {}

  static byte[] of(byte[] plain) {
    return Zstd.compress(plain);
  }

  static byte[] plain(byte[] packed) {
    byte[] plain = new byte[64 << 20];
    long size = Zstd.decompress(plain, packed);
    if (Zstd.isError(size)) {
      throw new IllegalStateException(Zstd.getErrorName(size));
    }
    return Arrays.copyOf(plain, (int) size);
  }
}
