package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Reason;
import java.sql.SQLException;

/// How a run ends that the database does not let go on, in the words of its job.
///
/// @param user the account, which a person will want to know
/// @param denied the job's reason where the account is refused
/// @param unreachable the job's reason for everything else
public record DatabaseFailures(String user, Reason denied, Reason unreachable) {
  private static final int ACCESS_DENIED = 1045; // ER_ACCESS_DENIED_ERROR

  public JobException of(SQLException failure) {
    if (failure instanceof MissingGrantException) {
      return JobException.refused(
          denied,
          String.valueOf(failure.getMessage()),
          "grant it, as manifests/grants has it, and run again",
          failure);
    }
    if (failure.getErrorCode() == ACCESS_DENIED) {
      return JobException.misconfigured(
          denied,
          "the database refused the account " + user + ": " + failure.getMessage(),
          "correct MARIADB_USER and MARIADB_PASSWORD_FILE",
          failure);
    }
    boolean connection = String.valueOf(failure.getSQLState()).startsWith("08");
    return JobException.failed(
        unreachable,
        (connection ? "the database did not answer: " : "the database refused a statement: ")
            + failure.getMessage(),
        connection
            ? "see whether the pod runs and its port can be reached from this one"
            : "look at the server's error log of that moment, and run again",
        failure);
  }
}
