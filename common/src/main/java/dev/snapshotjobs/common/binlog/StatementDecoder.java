package dev.snapshotjobs.common.binlog;

import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads the events that hold the text of a statement, and of the text no more than is wanted.
final class StatementDecoder {
  /// The least that is read: enough to tell a COMMIT or ROLLBACK from all others.
  private static final int LEAST = 16;

  private static final int FLAGS = 0;
  private static final int MODE = 1;

  /// One byte for the kind and four for the flags, and one for the kind of the mode.
  private static final int MODE_BEHIND = 6;

  private static final long NO_BACKSLASH_ESCAPES = 1L << 20;

  private final int textBytes;

  StatementDecoder(int textBytes) {
    this.textBytes = Math.max(LEAST, textBytes);
  }

  EventBody.Query query(Cursor in) throws BinlogFormatException {
    return query(in, 0);
  }

  /// LOAD DATA, whose file is in events before it. Thirteen bytes say which, and where in the
  /// statement its name stands.
  EventBody.Query loadQuery(Cursor in) throws BinlogFormatException {
    return query(in, 13);
  }

  private EventBody.Query query(Cursor in, int extra) throws BinlogFormatException {
    Intro intro = intro(in, extra);
    long bytes = in.remaining();
    return new EventBody.Query(
        intro.connection(),
        intro.database(),
        in.restAsText(textBytes),
        bytes,
        intro.error(),
        intro.escapes());
  }

  /// With `log_bin_compress` a statement is preceded by one byte that tells the algorithm and the
  /// length of a length, and by that length; it is never a COMMIT or ROLLBACK.
  EventBody.Query compressedQuery(Cursor in) throws BinlogFormatException {
    Intro intro = intro(in, 0);
    int kind = in.u8();
    if ((kind & 0xF0) != 0x80 || (kind & 0x0F) > 4) {
      throw in.wrong("is compressed in an unknown way: " + kind);
    }
    long bytes = 0;
    for (int i = 0; i < (kind & 0x0F); i++) {
      bytes = (bytes << 8) | in.u8();
    }
    byte[] text = new byte[(int) Math.min(textBytes, bytes)];
    int length = inflate(in, text);
    return new EventBody.Query(
        intro.connection(),
        intro.database(),
        new String(text, 0, length, StandardCharsets.UTF_8),
        bytes,
        intro.error(),
        intro.escapes());
  }

  EventBody.AnnotateRows annotateRows(Cursor in) throws BinlogFormatException {
    long bytes = in.remaining();
    return new EventBody.AnnotateRows(in.restAsText(textBytes), bytes);
  }

  private record Intro(long connection, String database, int error, boolean escapes) {}

  private static Intro intro(Cursor in, int extra) throws BinlogFormatException {
    long connection = in.u32();
    in.skip(4); // seconds taken
    int databaseLength = in.u8();
    int error = in.u16();
    int variables = in.u16();
    in.skip(extra);
    boolean escapes = escapes(in, variables);
    String database = in.text(databaseLength);
    in.skip(1); // its final NUL
    return new Intro(connection, database, error, escapes);
  }

  /// Reads the variables of the session. The flags come first, and the mode behind them.
  private static boolean escapes(Cursor in, int length) throws BinlogFormatException {
    if (length < MODE_BEHIND + 8 || in.u8() != FLAGS) {
      in.skip(length < MODE_BEHIND + 8 ? length : length - 1);
      return true;
    }
    in.skip(4);
    boolean mode = in.u8() == MODE;
    long modes = in.i64();
    in.skip(length - MODE_BEHIND - 8);
    return !mode || (modes & NO_BACKSLASH_ESCAPES) == 0;
  }

  private static int inflate(Cursor in, byte[] text) throws BinlogFormatException {
    try (Inflater inflater = new Inflater()) {
      in.feed(inflater);
      int length = 0;
      while (length < text.length) {
        int more = inflater.inflate(text, length, text.length - length);
        if (more == 0) {
          break; // the rest was not kept
        }
        length += more;
      }
      return length;
    } catch (DataFormatException e) {
      throw in.wrong("cannot be decompressed: " + e.getMessage());
    }
  }
}
