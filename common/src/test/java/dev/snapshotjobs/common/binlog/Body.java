package dev.snapshotjobs.common.binlog;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Bytes as an event has them, put together by hand.
final class Body {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Body u8(int value) {
    return number(value, 1);
  }

  Body u16(int value) {
    return number(value, 2);
  }

  Body u32(long value) {
    return number(value, 4);
  }

  Body i64(long value) {
    return number(value, 8);
  }

  Body text(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  Body zeros(int count) {
    return raw(new byte[count]);
  }

  Body raw(byte... more) {
    bytes.writeBytes(more);
    return this;
  }

  int size() {
    return bytes.size();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  private Body number(long value, int length) {
    for (int i = 0; i < length; i++) {
      bytes.write((int) (value >>> (8 * i)));
    }
    return this;
  }
}
