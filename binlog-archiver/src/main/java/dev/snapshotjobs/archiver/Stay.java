package dev.snapshotjobs.archiver;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Why a log stays on the server, and with it all that come after it.
sealed interface Stay {

  /// What a person has to make of it.
  enum Weight {
    /// Nothing: so it should be.
    EXPECTED,
    /// It stays so until somebody does something about it, and the server's disk fills.
    LASTING,
    /// The archive is not what it was.
    WRONG
  }

  /// It is one of the newest.
  record Newest() implements Stay {}

  /// It is not sealed yet.
  record NotSealed() implements Stay {}

  /// The current timeline does not have it: it came before a fork, a gap or a reset.
  record OtherTimeline() implements Stay {}

  /// Its last event may be as young as the log that comes after it.
  record Young(Instant end, Instant keptFrom) implements Stay {}

  /// The server could not read all of it when it was sealed.
  record InPart(long archived, long onServer) implements Stay {}

  /// The archive has another one under its name.
  record Different(String how) implements Stay {}

  /// It does not connect with the log that comes after it.
  record Unconnected(String how) implements Stay {}

  /// Of a log between it and the one that is being written the archive has lost something.
  record Hole(String log) implements Stay {}

  /// It is not in the bucket as it was archived.
  record Damaged(String how) implements Stay {}

  /// Fewer replicas are connected than the server wants.
  record ReplicasAway(int connected, int needed) implements Stay {}

  /// The run has purged for long enough: meanwhile nothing is archived.
  record Later() implements Stay {}

  /// The server did not purge it, and said this.
  record Refused(String message) implements Stay {}

  default Weight weight() {
    return switch (this) {
      case Newest _, NotSealed _, Young _, Later _, Refused _ -> Weight.EXPECTED;
      case OtherTimeline _, InPart _, ReplicasAway _ -> Weight.LASTING;
      case Different _, Unconnected _, Hole _, Damaged _ -> Weight.WRONG;
    };
  }

  /// Completes "it stays: …".
  default String sentence() {
    return switch (this) {
      case Newest() -> "it is one of the newest " + PurgePlan.NEWEST;
      case NotSealed() -> "it is not sealed yet";
      case OtherTimeline() ->
          "it is not in the current timeline; look at it in the archive, and purge it by hand";
      case Young(Instant end, Instant keptFrom) ->
          "it was written until %s, and is kept from %s on"
              .formatted(end, keptFrom.truncatedTo(ChronoUnit.SECONDS));
      case InPart(long archived, long onServer) ->
          ("the server could read %d of its %d bytes when it was sealed; save the file, and purge it"
                  + " by hand")
              .formatted(archived, onServer);
      case Different(String how) -> "it is not the one that is archived: " + how;
      case Unconnected(String how) -> "it does not connect with the next one: " + how;
      case Hole(String log) -> "the archive has not all of " + log + " any more";
      case Damaged(String how) -> "it is not in the bucket as it was archived: " + how;
      case ReplicasAway(int connected, int needed) ->
          "slave_connections_needed_for_purge=%d, and with the archiver %d are connected"
              .formatted(needed, connected + 1);
      case Later() -> "a later run goes on with it";
      case Refused(String message) -> "the server says: " + message;
    };
  }
}
