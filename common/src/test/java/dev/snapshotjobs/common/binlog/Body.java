package dev.snapshotjobs.common.binlog;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Bytes as an event has them, put together by hand.
public final class Body {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  public Body u8(int value) {
    return number(value, 1);
  }

  public Body u16(int value) {
    return number(value, 2);
  }

  public Body u32(long value) {
    return number(value, 4);
  }

  public Body i64(long value) {
    return number(value, 8);
  }

  public Body text(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  public Body zeros(int count) {
    return raw(new byte[count]);
  }

  public Body raw(byte... more) {
    bytes.writeBytes(more);
    return this;
  }

  public int size() {
    return bytes.size();
  }

  public byte[] bytes() {
    return bytes.toByteArray();
  }

  private Body number(long value, int length) {
    for (int i = 0; i < length; i++) {
      bytes.write((int) (value >>> (8 * i)));
    }
    return this;
  }
}
