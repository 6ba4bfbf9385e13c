package dev.snapshotjobs.common.binlog;

import dev.snapshotjobs.common.binlog.ColumnLayout.Column;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// Counts the rows of one rows event while its content arrives, in pieces of any size. Needs the
/// same little memory for an event of any size. Not for several threads.
final class RowCounter implements AutoCloseable {
  private static final int TABLE_ID = 6;
  private static final int FLAGS = 2;
  private static final int PIECE = 8192;

  /// A row event tells of extra data in two bytes, and of its columns in nine and two bitmaps.
  private static final int LONGEST_HEAD = TABLE_ID + FLAGS + 0xFFFF + 9 + 2 * 512 + 6;

  /// Finds the columns of a table by the number that rows events call it.
  interface Tables {
    Optional<ColumnLayout> columns(long tableId);
  }

  private final boolean update;
  private final boolean extra;
  private final boolean compressed;
  private final Tables tables;
  private byte[] head = new byte[64];
  private int headLength;
  private @Nullable Images images;
  private @Nullable Inflater inflater;
  private boolean unknown;

  private RowCounter(Kind kind, Tables tables) {
    this.tables = tables;
    this.update = kind.update();
    this.extra = kind.extra();
    this.compressed = kind.compressed();
  }

  /// @param extra has extra data, as those of the second version
  private record Kind(boolean update, boolean extra, boolean compressed) {}

  /// For an event of this type; empty if it has no rows.
  static Optional<RowCounter> of(EventType type, Tables tables) {
    return kind(type).map(kind -> new RowCounter(kind, tables));
  }

  private static Optional<Kind> kind(EventType type) {
    return switch (type) {
      case WRITE_ROWS_V1, DELETE_ROWS_V1 -> Optional.of(new Kind(false, false, false));
      case UPDATE_ROWS_V1 -> Optional.of(new Kind(true, false, false));
      case WRITE_ROWS, DELETE_ROWS -> Optional.of(new Kind(false, true, false));
      case UPDATE_ROWS -> Optional.of(new Kind(true, true, false));
      case WRITE_ROWS_COMPRESSED_V1, DELETE_ROWS_COMPRESSED_V1 ->
          Optional.of(new Kind(false, false, true));
      case UPDATE_ROWS_COMPRESSED_V1 -> Optional.of(new Kind(true, false, true));
      case WRITE_ROWS_COMPRESSED, DELETE_ROWS_COMPRESSED ->
          Optional.of(new Kind(false, true, true));
      case UPDATE_ROWS_COMPRESSED -> Optional.of(new Kind(true, true, true));
      default -> Optional.empty();
    };
  }

  void accept(byte[] bytes, int from, int length) {
    int at = from;
    int end = from + length;
    while (images == null && !unknown && at < end) {
      at += addToHead(bytes, at, end);
    }
    if (images != null && at < end) {
      rows(bytes, at, end - at);
    }
  }

  /// How many rows there are; empty where the event cannot be taken apart.
  OptionalLong count() {
    return images == null ? OptionalLong.empty() : images.count();
  }

  private int addToHead(byte[] bytes, int from, int end) {
    int length = Math.min(end - from, Math.max(1, wanted() - headLength));
    if (headLength + length > head.length) {
      head = Arrays.copyOf(head, Math.max(headLength + length, 2 * head.length));
    }
    System.arraycopy(bytes, from, head, headLength, length);
    headLength += length;
    if (headLength >= wanted()) {
      begin();
    }
    unknown |= headLength > LONGEST_HEAD;
    return length;
  }

  /// How long the head is as far as it is known now; never more than it is.
  private int wanted() {
    int at = TABLE_ID + FLAGS;
    if (extra) {
      if (headLength < at + 2) {
        return at + 2;
      }
      at += Math.max(2, LittleEndian.u16(head, at));
    }
    if (headLength < at + 1) {
      return at + 1;
    }
    int first = head[at] & 0xFF;
    int more = first < 251 ? 0 : first == 252 ? 2 : 8; // no table has more than 65,535 columns
    at += 1 + more;
    if (headLength < at) {
      return at;
    }
    at += bitmaps() * bitmapBytes(columnCount(at, more));
    if (!compressed) {
      return at;
    }
    return headLength < at + 1 ? at + 1 : at + 1 + (head[at] & 0x0F);
  }

  private int bitmaps() {
    return update ? 2 : 1;
  }

  private int columnCount(int end, int more) {
    return switch (more) {
      case 0 -> head[end - 1] & 0xFF;
      case 2 -> LittleEndian.u16(head, end - 2);
      default -> 0;
    };
  }

  private static int bitmapBytes(int columns) {
    return (columns + 7) / 8;
  }

  private void begin() {
    long tableId = LittleEndian.u32(head, 0) | (long) LittleEndian.u16(head, 4) << 32;
    int at = TABLE_ID + FLAGS;
    at += extra ? Math.max(2, LittleEndian.u16(head, at)) : 0;
    int first = head[at] & 0xFF;
    int more = first < 251 ? 0 : first == 252 ? 2 : 8;
    at += 1 + more;
    int count = columnCount(at, more);
    Optional<ColumnLayout> layout =
        tables.columns(tableId).filter(found -> found.columns().size() == count);
    if (layout.isEmpty()) {
      unknown = true;
      return;
    }
    Column[] before = present(layout.get(), at);
    Column[] after = update ? present(layout.get(), at + bitmapBytes(count)) : null;
    if (before.length == 0 || (after != null && after.length == 0)) {
      unknown = true; // such a row has no bytes
      return;
    }
    images = new Images(before, after);
    if (compressed) {
      inflater = new Inflater();
    }
  }

  private Column[] present(ColumnLayout layout, int bitmapAt) {
    return IntStream.range(0, layout.columns().size())
        .filter(i -> (head[bitmapAt + i / 8] >> (i % 8) & 1) != 0)
        .mapToObj(layout.columns()::get)
        .toArray(Column[]::new);
  }

  private void rows(byte[] bytes, int from, int length) {
    Images into = images;
    Inflater unpacking = inflater;
    if (into == null) {
      return;
    }
    if (unpacking == null) {
      into.accept(bytes, from, length);
      return;
    }
    byte[] piece = new byte[PIECE];
    unpacking.setInput(bytes, from, length);
    try {
      for (int more; (more = unpacking.inflate(piece)) > 0; ) {
        into.accept(piece, 0, more);
      }
    } catch (DataFormatException e) {
      images = null; // its checksum holds, so it is a form of compression that we do not know
      unknown = true;
    }
  }

  @Override
  public void close() {
    if (inflater != null) {
      inflater.end();
    }
  }

  /// The images of rows, one after the other: of each the nulls, and the values that are none.
  private static final class Images {
    private final Column[] before;
    private final Column @Nullable [] after;
    private byte[] collected;
    private int missing;
    private int have;
    private long skip;
    private boolean second;
    private int column;
    private boolean inNulls = true;
    private byte[] nulls;
    private long rows;

    Images(Column[] before, Column @Nullable [] after) {
      this.before = before;
      this.after = after;
      int longest = Math.max(before.length, after == null ? 0 : after.length);
      this.nulls = new byte[bitmapBytes(longest)];
      this.collected = new byte[Math.max(8, nulls.length)];
      beginImage();
    }

    private Column[] columns() {
      return second && after != null ? after : before;
    }

    private void beginImage() {
      inNulls = true;
      column = 0;
      missing = bitmapBytes(columns().length);
      have = 0;
    }

    OptionalLong count() {
      boolean atBorder = !second && inNulls && have == 0 && skip == 0;
      return atBorder ? OptionalLong.of(rows) : OptionalLong.empty();
    }

    void accept(byte[] bytes, int from, int length) {
      int at = from;
      int end = from + length;
      while (at < end) {
        if (skip > 0) {
          int skipped = (int) Math.min(skip, end - at);
          skip -= skipped;
          at += skipped;
        } else {
          int taken = Math.min(missing, end - at);
          System.arraycopy(bytes, at, collected, have, taken);
          have += taken;
          missing -= taken;
          at += taken;
          if (missing == 0) {
            collectedAll();
          }
        }
        if (skip == 0 && missing == 0) {
          nextValue();
        }
      }
    }

    private void collectedAll() {
      if (inNulls) {
        System.arraycopy(collected, 0, nulls, 0, have);
        inNulls = false;
      } else {
        for (int i = have - 1; i >= 0; i--) {
          skip = skip << 8 | (collected[i] & 0xFF);
        }
      }
      have = 0;
    }

    /// Goes on to the next value of which something has to be read, or to the next image.
    private void nextValue() {
      Column[] columns = columns();
      while (column < columns.length) {
        int index = column++;
        if ((nulls[index / 8] >> (index % 8) & 1) != 0) {
          continue;
        }
        skip = columns[index].fixed();
        missing = columns[index].prefix();
        if (skip > 0 || missing > 0) {
          return;
        }
      }
      boolean whole = second || after == null;
      rows += whole ? 1 : 0;
      second = !whole;
      beginImage();
    }
  }
}
