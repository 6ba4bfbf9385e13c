package dev.snapshotjobs.common.mariadb;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.mariadb.jdbc.client.ReadableByteBuf;
import org.mariadb.jdbc.client.socket.Reader;

/// The packets of a connection one by one, as they are on the wire. What is longer than 16 MiB
/// comes in several: all but the last are of the full length.
final class WirePackets {
  private static final int FULL = 0xFFFFFF;

  private final Reader reader;
  private final BooleanSupplier aborted;

  /// One packet; its array is used again for the next.
  static final class Packet {
    private final byte[] bytes;
    private final int from;
    private final int length;

    Packet(byte[] bytes, int from, int length) {
      this.bytes = bytes;
      this.from = from;
      this.length = length;
    }

    byte[] bytes() {
      return bytes;
    }

    int from() {
      return from;
    }

    int length() {
      return length;
    }

    boolean continues() {
      return length == FULL;
    }

    Packet without(int first) {
      return new Packet(bytes, from + first, length - first);
    }
  }

  /// Nothing more can be read from the server.
  static final class ConnectionLost extends IOException {
    private static final long serialVersionUID = 1L;

    ConnectionLost(IOException cause) {
      super(cause);
    }
  }

  /// @param aborted whether another thread has begun to close the connection
  WirePackets(Reader reader, BooleanSupplier aborted) {
    this.reader = reader;
    this.aborted = aborted;
  }

  /// The driver may still return a packet while another thread closes the connection, with bytes in
  /// it that the server did not send.
  Packet next() throws ConnectionLost {
    try {
      ReadableByteBuf packet = reader.readReusablePacket(false);
      if (aborted.getAsBoolean()) {
        throw new IOException("the connection was aborted");
      }
      return new Packet(packet.buf(), packet.pos(), packet.readableBytes());
    } catch (IOException e) {
      throw new ConnectionLost(e);
    }
  }
}
