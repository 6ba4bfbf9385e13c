package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.job.Reason;
import java.util.Locale;

/// Why a run of binlog-archiver ended as it did.
enum ArchiverReason implements Reason {
  ARCHIVED("Everything that the server had logged is in the archive."),
  ARCHIVE_PLANNED("A dry run: nothing was touched."),
  ANOTHER_ARCHIVER("Another archiver works on this server."),
  GAP("The server no longer has what the archive needs next; a new timeline begins."),
  FORKED("The server's logs are not those that the archive has; a new timeline begins."),
  PURGED_MEANWHILE("The server purged a log while it was read."),
  LOGS_CHANGED("The server's logs are no longer those that the run has seen."),
  ARCHIVE_UNREADABLE("Something in the archive is not what it should be."),
  DAMAGED("A log of the server cannot be read to its end."),
  NO_BINARY_LOG("The server keeps no binary log."),
  OVERWRITES("The object store overwrites what it was told to keep."),
  CONTENT_DIFFERS("Something else is in the archive under a name that is needed."),
  REPORTED("The archive was looked at, and nothing was changed."),
  VERIFIED("What was read again is what was archived."),
  ARCHIVE_DAMAGED("Something that was archived is damaged or gone."),
  NOT_ARCHIVED("What was asked for is not in the archive."),
  DATABASE_UNREACHABLE("The database did not answer."),
  ACCESS_DENIED("The database refused the account.");

  private final String sentence;

  ArchiverReason(String sentence) {
    this.sentence = sentence;
  }

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String sentence() {
    return sentence;
  }
}
