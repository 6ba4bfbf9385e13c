package dev.snapshotjobs.restore;

import java.util.Locale;

/// What is done to a table.
enum ChangeKind {
  /// Its definition, or whether it is there.
  DDL,
  TRUNCATE,
  INSERT,
  UPDATE,
  DELETE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
