package dev.snapshotjobs.common.mariadb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Statement;
import org.mariadb.jdbc.client.Completion;
import org.mariadb.jdbc.client.Context;
import org.mariadb.jdbc.client.socket.Reader;
import org.mariadb.jdbc.client.socket.Writer;
import org.mariadb.jdbc.client.util.ClosableLock;
import org.mariadb.jdbc.export.ExceptionFactory;
import org.mariadb.jdbc.message.ClientMessage;

/// COM_BINLOG_DUMP, as a message of the driver: it writes the command and is handed the connection
/// for the answer, which here is all the logs.
final class DumpCommand implements ClientMessage {
  private static final int COM_BINLOG_DUMP = 0x12;
  private static final int NON_BLOCK = 0x01;
  private static final int SEND_ANNOTATE_ROWS = 0x02; // without it bytes of the log are left out

  private final BinlogCoordinates from;
  private final int flags;
  private final long serverId;
  private final DumpStream stream;
  private final BooleanSupplier aborted;
  private @Nullable DumpEnd end;
  private @Nullable IOException sinkFailure;

  /// @param aborted whether another thread has begun to end the dump
  DumpCommand(
      BinlogCoordinates from,
      DumpMode mode,
      long serverId,
      DumpSink sink,
      BooleanSupplier aborted) {
    this.from = from;
    this.serverId = serverId;
    this.aborted = aborted;
    this.stream = new DumpStream(from, mode, sink);
    this.flags =
        switch (mode) {
          case DumpMode.ToTheEnd() -> SEND_ANNOTATE_ROWS | NON_BLOCK;
          case DumpMode.Following _ -> SEND_ANNOTATE_ROWS;
        };
  }

  @Override
  public int encode(Writer writer, Context context) throws IOException {
    writer.initPacket();
    writer.writeByte(COM_BINLOG_DUMP);
    writer.writeInt((int) from.offset());
    writer.writeShort((short) flags);
    writer.writeInt((int) serverId);
    writer.writeBytes(from.file().getBytes(StandardCharsets.UTF_8));
    writer.flush();
    return 1;
  }

  @Override
  public String description() {
    return "COM_BINLOG_DUMP " + from;
  }

  /// The driver takes an IOException for the end of the connection, so one of the sink is kept from
  /// it.
  @Override
  public @Nullable Completion readPacket(
      @Nullable Statement statement,
      int fetchSize,
      long maxRows,
      int resultSetConcurrency,
      int resultSetType,
      boolean closeOnCompletion,
      Reader reader,
      Writer writer,
      Context context,
      ExceptionFactory exceptions,
      ClosableLock lock,
      boolean traceEnabled,
      ClientMessage message,
      Consumer<String> redirect)
      throws IOException, SQLException {
    try {
      end = stream.read(new WirePackets(reader, aborted));
    } catch (WirePackets.ConnectionLost e) {
      throw e;
    } catch (IOException e) {
      sinkFailure = e;
    }
    return null;
  }

  DumpEnd end() throws IOException {
    if (sinkFailure != null) {
      throw sinkFailure;
    }
    if (end == null) {
      throw new IllegalStateException("the driver read no answer to " + description());
    }
    return end;
  }

  BinlogCoordinates reached() {
    return stream.reached();
  }
}
