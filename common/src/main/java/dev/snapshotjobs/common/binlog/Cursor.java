package dev.snapshotjobs.common.binlog;

import dev.snapshotjobs.common.binlog.BinlogFormatException.Fault;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.Inflater;

/// Reads the content of one event from front to back, never past its end. Of a long event only the
/// beginning may have been kept: a text then ends where that does.
final class Cursor {
  private final EventHeader header;
  private final byte[] bytes;
  private final int end;
  private final long unkept;
  private int at;

  /// @param start where the content begins in the array
  /// @param end where it ends there, checksum excluded
  /// @param unkept how many bytes of content would follow
  Cursor(EventHeader header, byte[] bytes, int start, int end, long unkept) {
    this.header = header;
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.unkept = unkept;
  }

  int u8() throws BinlogFormatException {
    return bytes[advance(1)] & 0xFF;
  }

  int u16() throws BinlogFormatException {
    return LittleEndian.u16(bytes, advance(2));
  }

  long u32() throws BinlogFormatException {
    return LittleEndian.u32(bytes, advance(4));
  }

  long u48() throws BinlogFormatException {
    return u32() | ((long) u16() << 32);
  }

  long i64() throws BinlogFormatException {
    return LittleEndian.i64(bytes, advance(8));
  }

  /// A number as the protocol packs it: one byte, or one that says how many follow.
  long packedNumber() throws BinlogFormatException {
    int first = u8();
    return switch (first) {
      case 252 -> u16();
      case 253 -> u16() | (long) u8() << 16;
      case 254 -> i64();
      default -> first;
    };
  }

  void skip(int length) throws BinlogFormatException {
    advance(length);
  }

  String hex(int length) throws BinlogFormatException {
    int start = advance(length);
    return HexFormat.of().formatHex(bytes, start, start + length);
  }

  String text(int length) throws BinlogFormatException {
    return new String(bytes, advance(length), length, StandardCharsets.UTF_8);
  }

  /// The rest as far as it was kept, and not more of it than the given number of bytes.
  String restAsText(int atMost) throws BinlogFormatException {
    return text(Math.min(atMost, end - at));
  }

  /// Gives the rest, as far as it was kept, to be decompressed.
  void feed(Inflater inflater) {
    inflater.setInput(bytes, at, end - at);
  }

  /// How much content follows, whether it was kept or not.
  long remaining() {
    return end - at + unkept;
  }

  BinlogFormatException wrong(String expected) {
    return new BinlogFormatException(
        Fault.BAD_CONTENT, header.offset(), "the " + header.type() + " event " + expected);
  }

  private int advance(int length) throws BinlogFormatException {
    if (length < 0 || length > end - at) {
      throw wrong(
          "of %d bytes ends too early: %d more are needed where %d are left"
              .formatted(header.size(), length, end - at));
    }
    int start = at;
    at += length;
    return start;
  }
}
