package dev.snapshotjobs.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// One message of the [client/server protocol](https://mariadb.com/kb/en/0-packet/) with its bytes
/// as they were on the wire: one packet, or more where one cannot hold it.
final class WireMessage {

  private static final int LONGEST_PACKET = 0xff_ffff;
  private static final int HEADER = 4;
  private static final int NO_COMMAND = -1;
  private static final int COM_QUIT = 0x01;
  private static final int COM_QUERY = 0x03;
  private static final int COM_STMT_SEND_LONG_DATA = 0x18;
  private static final int COM_STMT_CLOSE = 0x19;

  private final byte[] wire;
  private final int lastSequence;

  private WireMessage(byte[] wire, int lastSequence) {
    this.wire = wire;
    this.lastSequence = lastSequence;
  }

  /// Waits for the whole message; empty at the end of the stream.
  static Optional<WireMessage> read(InputStream from) throws IOException {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    int length;
    int sequence;
    do {
      byte[] header = from.readNBytes(HEADER);
      if (header.length < HEADER) {
        return Optional.empty();
      }
      length = (header[0] & 0xff) | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16;
      sequence = header[3] & 0xff;
      byte[] payload = from.readNBytes(length);
      if (payload.length < length) {
        return Optional.empty();
      }
      wire.writeBytes(header);
      wire.writeBytes(payload);
    } while (length == LONGEST_PACKET);
    return Optional.of(new WireMessage(wire.toByteArray(), sequence));
  }

  /// A statement as a client would send it.
  static WireMessage query(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    int length = text.length + 1;
    if (length >= LONGEST_PACKET) {
      throw new IllegalArgumentException("too long for one packet: " + length + " bytes");
    }
    byte[] wire = new byte[HEADER + length];
    wire[0] = (byte) length;
    wire[1] = (byte) (length >> 8);
    wire[2] = (byte) (length >> 16);
    wire[HEADER] = COM_QUERY;
    System.arraycopy(text, 0, wire, HEADER + 1, text.length);
    return new WireMessage(wire, 0);
  }

  byte[] wire() {
    return wire;
  }

  int sequence() {
    return wire[3] & 0xff;
  }

  /// The number that the first packet of an answer has.
  int nextSequence() {
    return (lastSequence + 1) & 0xff;
  }

  /// The text of a COM_QUERY from a client.
  Optional<String> statement() {
    if (command() != COM_QUERY) {
      return Optional.empty();
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream(wire.length);
    for (int at = 0; at < wire.length; at += HEADER + LONGEST_PACKET) {
      text.write(wire, at + HEADER, Math.min(LONGEST_PACKET, wire.length - at - HEADER));
    }
    return Optional.of(text.toString(StandardCharsets.UTF_8).substring(1));
  }

  /// Whether a server answers this message from a client with one that begins a count of its own.
  boolean isAnswered() {
    return switch (command()) {
      case NO_COMMAND, COM_QUIT, COM_STMT_SEND_LONG_DATA, COM_STMT_CLOSE -> false;
      default -> true;
    };
  }

  /// The packets of the login go on counting from the server's greeting; each command begins at 0.
  private int command() {
    return sequence() == 0 && wire.length > HEADER ? wire[HEADER] : NO_COMMAND;
  }
}
