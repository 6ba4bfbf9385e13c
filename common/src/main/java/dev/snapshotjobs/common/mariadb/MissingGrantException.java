package dev.snapshotjobs.common.mariadb;

import java.sql.SQLException;

/// The account may not do what it was to do.
public final class MissingGrantException extends SQLException {
  private static final long serialVersionUID = 1L;
  private static final int SPECIFIC_ACCESS_DENIED = 1227; // ER_SPECIFIC_ACCESS_DENIED_ERROR

  private final String grant;

  MissingGrantException(String grant, String what, SQLException cause) {
    super(what + " needs " + grant, cause.getSQLState(), cause.getErrorCode(), cause);
    this.grant = grant;
  }

  /// As GRANT takes it.
  public String grant() {
    return grant;
  }

  /// Names the grant if it is the lack of one that the server complains about.
  static SQLException explain(SQLException failure, String grant, String what) {
    return failure.getErrorCode() == SPECIFIC_ACCESS_DENIED
        ? new MissingGrantException(grant, what, failure)
        : failure;
  }
}
