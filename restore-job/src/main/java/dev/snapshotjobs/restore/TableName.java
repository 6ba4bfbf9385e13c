package dev.snapshotjobs.restore;

import java.util.Locale;

/// A table by its full name. Two names are the same whatever their case: whether a server tells
/// `Orders` from `orders` depends on its file system, and who searches wants to find both.
record TableName(String database, String table) {
  TableName {
    database = database.toLowerCase(Locale.ROOT);
    table = table.toLowerCase(Locale.ROOT);
  }

  /// Reads `database.table`.
  static TableName parse(String text) {
    int dot = text.indexOf('.');
    if (dot <= 0 || dot == text.length() - 1) {
      throw new IllegalArgumentException("expected database.table, not '" + text + "'");
    }
    return new TableName(text.substring(0, dot), text.substring(dot + 1));
  }

  @Override
  public String toString() {
    return database + "." + table;
  }
}
