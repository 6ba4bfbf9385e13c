package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for the server of a restore, which recovers its data before it answers.
record ServerStart(Duration timeout, StopSignal stop) {
  private static final Logger LOG = LoggerFactory.getLogger(ServerStart.class);
  private static final int ACCESS_DENIED = 1045; // ER_ACCESS_DENIED_ERROR
  private static final Duration BETWEEN = Duration.ofMillis(500);

  RestoreServer await(MariaDbConnector connector) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        return RestoreServer.connect(connector);
      } catch (SQLException e) {
        if (e.getErrorCode() == ACCESS_DENIED) {
          throw JobException.failed(
              RestoreReason.COPY_BEGUN,
              "the server does not let the restore in: " + e.getMessage(),
              "restore-job pitr and clone make a new copy by themselves",
              e);
        }
        LOG.atInfo().addKeyValue("why", e.getMessage()).log("the server does not answer yet");
        if (System.nanoTime() > deadline) {
          throw JobException.failed(
              RestoreReason.SERVER_DIED,
              "the server of the restore did not answer within %d s: %s"
                  .formatted(timeout.toSeconds(), e.getMessage()),
              "see the log of the container mariadb: whether it recovers, or ends and is started"
                  + " again; recovery of a large volume may need a longer --server-start-timeout",
              e);
        }
      }
      stop.pause(BETWEEN); // a server that starts has nothing that could be watched
    }
  }
}
