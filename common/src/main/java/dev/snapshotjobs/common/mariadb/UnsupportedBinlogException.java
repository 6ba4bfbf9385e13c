package dev.snapshotjobs.common.mariadb;

import java.sql.SQLException;

/// A server or a log that these jobs cannot read, however often they try.
public final class UnsupportedBinlogException extends SQLException {
  private static final long serialVersionUID = 1L;

  UnsupportedBinlogException(String why) {
    super(why);
  }

  /// Logs that InnoDB manages (MariaDB 12.3) are tablespaces: no byte of them is a binary log.
  static void refuseIfManagedByInnodb(String log) throws UnsupportedBinlogException {
    if (log.endsWith(".ibb")) {
      throw new UnsupportedBinlogException(
          log + " is managed by InnoDB; set binlog_storage_engine to none on the server");
    }
  }
}
