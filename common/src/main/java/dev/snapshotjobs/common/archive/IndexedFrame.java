package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.GtidState;
import java.time.Instant;
import java.util.Optional;

/// A frame and what begins in it. A transaction belongs to the frame in which its GTID event
/// begins, though it may go on in others.
///
/// @param state of all transactions that begin before the frame; empty if that is the same as of
///   the frame before, or was left out because the index would be too large
/// @param transactions how many begin in it
/// @param ordered whether the sequence numbers of each server in each domain only rise in it
/// @param times of the transactions that begin in it; empty if none does
public record IndexedFrame(
    Frame frame,
    Optional<GtidState> state,
    long transactions,
    boolean ordered,
    Optional<Span> times) {

  /// By the clock, not by the order in the log.
  public record Span(Instant earliest, Instant latest) {
    public Span {
      if (latest.isBefore(earliest)) {
        throw new IllegalArgumentException(latest + " is before " + earliest);
      }
    }

    Span and(Instant time) {
      return new Span(
          time.isBefore(earliest) ? time : earliest, time.isAfter(latest) ? time : latest);
    }
  }

  public IndexedFrame {
    if (transactions < 0 || transactions > 0 != times.isPresent()) {
      throw new IllegalArgumentException(
          transactions + " transactions, and times of some only where there are some");
    }
  }

  boolean mayHold(Instant from, Instant to) {
    return times
        .filter(span -> !span.latest().isBefore(from) && !span.earliest().isAfter(to))
        .isPresent();
  }
}
