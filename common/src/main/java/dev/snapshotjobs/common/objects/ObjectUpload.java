package dev.snapshotjobs.common.objects;

import java.io.OutputStream;

/// An object that is being written. Closing it without [#complete] leaves nothing of it.
///
/// For one thread. Methods throw [ObjectStoreFailure]; the declared IOException is never thrown.
public abstract class ObjectUpload extends OutputStream {

  /// Makes the object visible unless its key is taken by now.
  public abstract WriteResult complete();

  /// What was written so far.
  public abstract ContentDigest content();

  @Override
  public abstract void write(byte[] bytes, int from, int length);

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  @Override
  public void flush() {}

  @Override
  public abstract void close();
}
