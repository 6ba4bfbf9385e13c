package dev.snapshotjobs.common.binlog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How long the values of a table's columns are in rows events. Sources: `Field::pack`,
/// `calc_field_size` in `sql/rpl_utility.cc` and `Table_map_log_event` of MariaDB.
record ColumnLayout(List<Column> columns) {
  /// `MAX_FIELDS` of the server.
  private static final int MOST_COLUMNS = 4096;

  private static final int[] BYTES_OF_DIGITS = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
  private static final int ENUM = 247;
  private static final int SET = 248;

  /// @param fixed bytes of each value; with a prefix 0
  /// @param prefix bytes that say how many follow; 0 if that is fixed
  record Column(int fixed, int prefix) {
    static Column fixed(int bytes) {
      return new Column(bytes, 0);
    }

    static Column prefixed(int bytes) {
      return new Column(0, bytes);
    }
  }

  ColumnLayout {
    columns = List.copyOf(columns);
  }

  /// Reads what a table map event has behind the table's name; empty for a type that we do not
  /// know.
  static Optional<ColumnLayout> read(Cursor in) throws BinlogFormatException {
    long count = in.packedNumber();
    if (count > MOST_COLUMNS) {
      throw in.wrong("announces " + count + " columns, and a table has at most " + MOST_COLUMNS);
    }
    int[] types = new int[(int) count];
    for (int i = 0; i < types.length; i++) {
      types[i] = in.u8();
    }
    in.packedNumber(); // the length of what follows
    List<Column> columns = new ArrayList<>(types.length);
    for (int type : types) {
      Optional<Column> column = column(type, in);
      if (column.isEmpty()) {
        return Optional.empty();
      }
      columns.add(column.get());
    }
    return Optional.of(new ColumnLayout(columns));
  }

  private static Optional<Column> column(int type, Cursor in) throws BinlogFormatException {
    return switch (type) {
      case 1, 13 -> Optional.of(Column.fixed(1)); // TINY, YEAR
      case 2 -> Optional.of(Column.fixed(2)); // SHORT
      case 9, 10, 11, 14 -> Optional.of(Column.fixed(3)); // INT24, DATE, TIME, NEWDATE
      case 3, 7 -> Optional.of(Column.fixed(4)); // LONG, TIMESTAMP
      case 8, 12 -> Optional.of(Column.fixed(8)); // LONGLONG, DATETIME
      case 4, 5 -> Optional.of(Column.fixed(in.u8())); // FLOAT, DOUBLE
      case 6 -> Optional.of(Column.fixed(0)); // NULL
      case 17 -> Optional.of(Column.fixed(4 + fraction(in))); // TIMESTAMP2
      case 18 -> Optional.of(Column.fixed(5 + fraction(in))); // DATETIME2
      case 19 -> Optional.of(Column.fixed(3 + fraction(in))); // TIME2
      case 15, 141, 253 -> Optional.of(text(in.u16())); // VARCHAR, compressed, VAR_STRING
      case 16 -> Optional.of(bits(in.u8(), in.u8())); // BIT
      case 140, 249, 250, 251, 252, 255 -> Optional.of(Column.prefixed(in.u8())); // BLOB, GEOMETRY
      case 246 -> Optional.of(decimal(in.u8(), in.u8(), in)); // NEWDECIMAL
      case ENUM, SET, 254 -> Optional.of(string(in.u8(), in.u8())); // STRING
      default -> Optional.empty();
    };
  }

  private static int fraction(Cursor in) throws BinlogFormatException {
    return (in.u8() + 1) / 2;
  }

  private static Column text(int longest) {
    return Column.prefixed(longest > 255 ? 2 : 1);
  }

  private static Column bits(int remainder, int bytes) {
    return Column.fixed(bytes + (remainder > 0 ? 1 : 0));
  }

  private static Column decimal(int precision, int scale, Cursor in) throws BinlogFormatException {
    int whole = precision - scale;
    if (whole < 0) {
      throw in.wrong("has a decimal of %d digits and %d decimals".formatted(precision, scale));
    }
    return Column.fixed(digits(whole) + digits(scale));
  }

  private static int digits(int count) {
    return count / 9 * 4 + BYTES_OF_DIGITS[count % 9];
  }

  /// A string of fixed length, or what is logged as one; of a long one the length has two bits in
  /// the byte of the type.
  private static Column string(int realType, int length) {
    if (realType == ENUM || realType == SET) {
      return Column.fixed(length);
    }
    int longest = (realType & 0x30) == 0x30 ? length : length | (((realType & 0x30) ^ 0x30) << 4);
    return text(longest);
  }
}
