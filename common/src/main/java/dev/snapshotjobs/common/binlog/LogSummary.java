package dev.snapshotjobs.common.binlog;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is known of a log after it was read from its first byte, up to some event.
///
/// @param sha256 of the bytes up to there, as if the server had closed the log
/// @param head tells the log from all others: see [HeadFingerprint]
/// @param end the state after the last whole transaction
/// @param wholeTransactionsEnd up to where nothing is left unfinished: the end of the last event
///   that leaves no transaction open
/// @param abandoned transactions that were begun and never ended, though the log went on; a server
///   may count them in its state although this one does not
/// @param incidents the first few; there may be more: see `incidentCount`
public record LogSummary(
    long size,
    String sha256,
    String head,
    String serverVersion,
    ChecksumAlgorithm checksum,
    boolean encryptedAtSource,
    GtidState start,
    GtidState end,
    long transactions,
    long wholeTransactionsEnd,
    long abandoned,
    Optional<Times> times,
    List<IncidentAt> incidents,
    long incidentCount,
    LogEnding ending) {

  /// When transactions began, in the order of the log and by the clock. A clock may go back, and a
  /// client may set any time.
  public record Times(Instant first, Instant last, Instant earliest, Instant latest) {
    static Times of(Instant only) {
      return new Times(only, only, only, only);
    }

    Times and(Instant next) {
      return new Times(
          first,
          next,
          next.isBefore(earliest) ? next : earliest,
          next.isAfter(latest) ? next : latest);
    }
  }

  public record IncidentAt(long offset, int code, String message) {}

  public LogSummary {
    incidents = List.copyOf(incidents);
  }
}
