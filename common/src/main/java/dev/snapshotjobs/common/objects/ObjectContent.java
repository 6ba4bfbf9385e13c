package dev.snapshotjobs.common.objects;

import java.io.InputStream;

/// An object's content, or a range of it, as a stream that fails rather than ends too early. A
/// whole content is also checked against the digest of its writer, if there is one, when its end is
/// read.
///
/// Methods throw [ObjectStoreFailure]; the declared IOException is never thrown.
public abstract class ObjectContent extends InputStream {

  private final StoredObject object;

  ObjectContent(StoredObject object) {
    this.object = object;
  }

  public StoredObject object() {
    return object;
  }

  /// How many bytes there are to read.
  public abstract long length();

  @Override
  public abstract int read(byte[] bytes, int from, int count);

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract void close();
}
