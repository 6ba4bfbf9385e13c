package dev.snapshotjobs.common.binlog;

import java.util.Arrays;
import java.util.zip.CRC32;

/// A binary log made by hand, for what a server cannot be brought to write.
public final class LogBuilder {
  public static final long TIME = 1_700_000_000;
  private static final int SERVER = 3;
  private static final int TYPES = 172;

  private final Body log = new Body();
  private final ChecksumAlgorithm checksum;

  private LogBuilder(ChecksumAlgorithm checksum) {
    this.checksum = checksum;
  }

  public static LogBuilder with(ChecksumAlgorithm checksum) {
    LogBuilder builder = new LogBuilder(checksum);
    String version = "12.3.1-MariaDB";
    Body body = new Body().u16(4).text(version).zeros(50 - version.length()).u32(0);
    body.u8(EventHeader.SIZE).zeros(TYPES).u8(checksum == ChecksumAlgorithm.CRC32 ? 1 : 0);
    byte[] event = event(EventType.FORMAT_DESCRIPTION.code(), 0, body.bytes(), 4);
    builder.log.raw((byte) 0xFE).text("bin").raw(summed(event));
    return builder;
  }

  public LogBuilder add(EventType type, Body body) {
    return add(type.code(), 0, body);
  }

  public LogBuilder add(int type, int flags, Body body) {
    byte[] event = event(type, flags, body.bytes(), checksum.bytes());
    log.raw(checksum == ChecksumAlgorithm.CRC32 ? summed(event) : event);
    return this;
  }

  public LogBuilder gtid(long sequence, int flags) {
    return add(EventType.GTID, new Body().i64(sequence).u32(0).u8(flags).zeros(6));
  }

  public LogBuilder query(String statement) {
    return add(
        EventType.QUERY,
        new Body().u32(7).u32(0).u8(4).u16(0).u16(0).text("shop").u8(0).text(statement));
  }

  public int size() {
    return log.size();
  }

  public byte[] bytes() {
    return log.bytes();
  }

  public static Body header(int type, int flags, long size) {
    return new Body().u32(TIME).u8(type).u32(SERVER).u32(size).u32(0).u16(flags);
  }

  private static byte[] event(int type, int flags, byte[] body, int checksumBytes) {
    return header(type, flags, EventHeader.SIZE + body.length + checksumBytes)
        .raw(body)
        .zeros(checksumBytes)
        .bytes();
  }

  /// Puts the right checksum at the end of an event.
  public static byte[] summed(byte[] event) {
    CRC32 crc = new CRC32();
    crc.update(event, 0, event.length - 4);
    return new Body().raw(Arrays.copyOf(event, event.length - 4)).u32(crc.getValue()).bytes();
  }
}
