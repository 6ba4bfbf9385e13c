package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.RecoverableWindow;
import dev.snapshotjobs.common.archive.RecoverableWindow.Reach;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What there is to be said of an archive at one moment.
///
/// @param damages also those that are no part of a history
/// @param server empty if none was asked, or none answered
record ArchiveStatus(
    String instance,
    Instant now,
    Histories histories,
    List<RecoverableWindow> windows,
    List<Damage> damages,
    Optional<ServerStatus> server) {

  ArchiveStatus {
    windows = List.copyOf(windows);
    damages = List.copyOf(damages);
  }

  /// The last instant of which it is proven that all that the server had logged then is archived:
  /// by a mark of the archiver, or by the server itself, now.
  Optional<Instant> caughtUp() {
    if (server.filter(ServerStatus::nothingIsMissing).isPresent()) {
      return Optional.of(now);
    }
    return windows.stream()
        .flatMap(
            window ->
                window.until().reach() instanceof Reach.Proven(Instant at)
                    ? Optional.of(at).stream()
                    : Optional.<Instant>empty().stream())
        .max(Comparator.naturalOrder());
  }

  /// How much a disaster would take now, at most; empty if nothing proves anything.
  Optional<Duration> rpo() {
    return caughtUp().map(at -> Duration.between(at, now)).map(ArchiveStatus::atLeastZero);
  }

  /// The archiver's clock may be ahead of this one.
  private static Duration atLeastZero(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }

  /// Gaps and damages that nothing in the archive explains.
  long losses() {
    return windows.stream().filter(window -> window.end().isLoss()).count();
  }
}
