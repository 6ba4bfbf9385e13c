package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.binlog.EventHeader;
import dev.snapshotjobs.common.binlog.EventType;
import dev.snapshotjobs.common.mariadb.WirePackets.Packet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Optional;
import java.util.zip.CRC32;

/// The answer to a dump command: gives the sink what the logs of the server have, and leaves out
/// what the server adds for the wire.
final class DumpStream {
  private static final byte[] MAGIC = {(byte) 0xFE, 'b', 'i', 'n'};
  private static final int HEADER = 19;
  private static final int EVENT = 0x00;
  private static final int END = 0xFE;
  private static final int ERROR = 0xFF;
  private static final int LONGEST_END = 8;
  private static final String CANNOT_START_BEFORE_ENCRYPTION =
      "the log is encrypted, and a server sends the event that says so only with the beginning";

  private final DumpMode mode;
  private final DumpSink sink;
  private final BinlogCoordinates start;
  private String log;
  private long offset;

  /// A dump that starts within a log is told first how the log is to be read.
  private boolean headIsRepeated;

  private long formatEnd;

  /// @param start where the command starts: from 4 on
  DumpStream(BinlogCoordinates start, DumpMode mode, DumpSink sink) {
    this.start = start;
    this.mode = mode;
    this.sink = sink;
    this.log = start.file();
    this.offset = start.offset();
  }

  BinlogCoordinates reached() {
    return new BinlogCoordinates(log, offset);
  }

  /// @throws IOException of the sink, or [WirePackets.ConnectionLost]
  /// @throws SQLException what the server says against the dump as a whole
  DumpEnd read(WirePackets packets) throws IOException, SQLException {
    while (true) {
      Packet packet = packets.next();
      int kind = packet.length() == 0 ? -1 : packet.bytes()[packet.from()] & 0xFF;
      if (kind == END && packet.length() <= LONGEST_END) {
        return atTheEnd();
      }
      if (kind == ERROR) {
        return DumpError.read(packet).toEnd(start, reached());
      }
      if (kind != EVENT || packet.length() <= HEADER) {
        throw unexpected("a packet of %d bytes and of kind %d".formatted(packet.length(), kind));
      }
      Optional<DumpEnd> end = event(packet.without(1), packet.continues(), packets);
      if (end.isPresent()) {
        return end.get();
      }
    }
  }

  private DumpEnd atTheEnd() throws IOException {
    return switch (mode) {
      case DumpMode.ToTheEnd() -> {
        sink.caughtUp(reached());
        yield new DumpEnd.CaughtUp(reached());
      }
      case DumpMode.Following _ ->
          new DumpEnd.Lost(
              reached(),
              new SQLNonTransientConnectionException(
                  "the server ended the dump: it shuts down, or its logs were reset"));
    };
  }

  private Optional<DumpEnd> event(Packet packet, boolean continues, WirePackets packets)
      throws IOException, SQLException {
    EventHeader header = EventHeader.read(packet.bytes(), packet.from(), offset);
    if (header.artificial() && header.type() == EventType.ROTATE) {
      return begin(packet);
    }
    if (header.type() == EventType.HEARTBEAT) {
      sink.caughtUp(reached());
      if (!sink.wantsMore()) {
        return Optional.of(new DumpEnd.Stopped(reached()));
      }
    } else if (headIsRepeated && header.type() == EventType.FORMAT_DESCRIPTION) {
      formatEnd = BinlogDump.FIRST_EVENT + header.size();
      skip(continues, packets);
    } else if (headIsRepeated && header.type() == EventType.START_ENCRYPTION) {
      if (offset == formatEnd) {
        return Optional.of(new DumpEnd.NoEventHere(reached(), CANNOT_START_BEFORE_ENCRYPTION));
      }
      skip(continues, packets);
    } else if (header.artificial()) {
      skip(continues, packets);
    } else {
      headIsRepeated = false;
      forward(header, packet, continues, packets);
      if (!sink.wantsMore()) {
        return Optional.of(new DumpEnd.Stopped(reached()));
      }
    }
    return Optional.empty();
  }

  /// A rotation that no log has: it tells which log comes next. It has a checksum if the log before
  /// it had, the first one if the server's setting says so; the checksum itself is the surest sign.
  private Optional<DumpEnd> begin(Packet packet) throws IOException, SQLException {
    int fixed = HEADER + Long.BYTES;
    if (packet.length() <= fixed + Integer.BYTES) {
      throw unexpected("a rotation without a name");
    }
    ByteBuffer rotation =
        ByteBuffer.wrap(packet.bytes(), packet.from(), packet.length())
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
    int unsummed = packet.length() - Integer.BYTES;
    CRC32 crc = new CRC32();
    crc.update(packet.bytes(), packet.from(), unsummed);
    boolean hasChecksum = (int) crc.getValue() == rotation.getInt(unsummed);
    int length = (hasChecksum ? unsummed : packet.length()) - fixed;
    String next = new String(packet.bytes(), packet.from() + fixed, length, StandardCharsets.UTF_8);
    long at = rotation.getLong(HEADER);
    boolean fromItsFirstByte = at == BinlogDump.FIRST_EVENT;
    if (!sink.begin(next, fromItsFirstByte ? 0 : at)) {
      return Optional.of(new DumpEnd.Stopped(reached()));
    }
    log = next;
    offset = at;
    headIsRepeated = !fromItsFirstByte;
    if (fromItsFirstByte) {
      sink.bytes(MAGIC, 0, MAGIC.length);
    }
    return Optional.empty();
  }

  private void forward(EventHeader header, Packet first, boolean continues, WirePackets packets)
      throws IOException, SQLException {
    sink.bytes(first.bytes(), first.from(), first.length());
    long length = first.length();
    boolean more = continues;
    while (more) {
      Packet packet = packets.next();
      sink.bytes(packet.bytes(), packet.from(), packet.length());
      length += packet.length();
      more = packet.continues();
    }
    if (length != header.size()) {
      throw unexpected("%d bytes for an event of %d".formatted(length, header.size()));
    }
    offset += length;
  }

  private static void skip(boolean continues, WirePackets packets) throws IOException {
    boolean more = continues;
    while (more) {
      more = packets.next().continues();
    }
  }

  private SQLException unexpected(String what) {
    return new SQLNonTransientConnectionException("the server sent " + what + " at " + reached());
  }
}
