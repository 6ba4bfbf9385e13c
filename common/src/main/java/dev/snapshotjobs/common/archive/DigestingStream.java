package dev.snapshotjobs.common.archive;

import java.io.IOException;
import java.io.OutputStream;

/// Passes on what is written, and knows its size and digest.
final class DigestingStream extends OutputStream {
  private final OutputStream out;
  private final Sha256 digest = new Sha256();
  private long size;

  DigestingStream(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    out.write(bytes, from, length);
    digest.update(bytes, from, length);
    size += length;
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  StoredObject written() {
    return new StoredObject(size, digest.value());
  }
}
