package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.MarkKeeper;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.binlog.GtidState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Compares the reading of a log with where its server stood meanwhile. Where the reading comes to
/// a place that the server had given as its end, it had caught up at the moment of the question.
final class TailWatch {
  /// So long a dump may bring nothing although the server says that there is more: the log that it
  /// reads is not the server's any more. After RESET MASTER a dump waits for ever.
  static final Duration SILENCE = Duration.ofSeconds(20);

  private final String log;
  private final MarkKeeper unwritten = MarkKeeper.ofChunk();
  private @Nullable ServerEnd expected;
  private Instant lastProgress;
  private Optional<Mark> caughtUp = Optional.empty();
  private Optional<Mark> written = Optional.empty();

  TailWatch(String log, ServerEnd first) {
    this.log = log;
    this.expected = first;
    this.lastProgress = first.at();
  }

  /// Whether a question has been asked that the reading has not answered yet.
  boolean isWaiting() {
    return expected != null;
  }

  void expect(ServerEnd end) {
    expected = end;
  }

  /// Whether the server stood here when it was asked, and nothing is known of it yet.
  boolean expects(long offset) {
    ServerEnd end = expected;
    return end != null && isOurs(end) && end.coordinates().offset() == offset;
  }

  /// The reading has come to what was expected.
  void reached(GtidState state) {
    ServerEnd end = expected;
    if (end == null) {
      throw new IllegalStateException("nothing was expected");
    }
    Mark mark = new Mark(end.at(), end.coordinates().offset(), state.position(), true);
    unwritten.add(mark);
    caughtUp = Optional.of(mark);
    expected = null;
  }

  void progress(Instant now) {
    lastProgress = now;
  }

  /// Why this log cannot be the one that the server writes; empty if it may be.
  Optional<String> contradiction(long offset, Instant now) {
    ServerEnd end = expected;
    if (end == null) {
      return Optional.empty();
    }
    if (isOurs(end) && end.coordinates().offset() < offset) {
      return Optional.of(
          "the server stands at %s, and was read up to %d".formatted(end.coordinates(), offset));
    }
    Instant since = lastProgress.isAfter(end.at()) ? lastProgress : end.at();
    return Duration.between(since, now).compareTo(SILENCE) > 0
        ? Optional.of(
            "the server stands at %s, and has sent nothing behind %d for %d s"
                .formatted(end.coordinates(), offset, SILENCE.toSeconds()))
        : Optional.empty();
  }

  private boolean isOurs(ServerEnd end) {
    return end.coordinates().file().equals(log);
  }

  /// The last one at which the reading had caught up.
  Optional<Mark> caughtUp() {
    return caughtUp;
  }

  /// That one, if it is not in the bucket.
  Optional<Mark> unwritten() {
    return caughtUp.equals(written) ? Optional.empty() : caughtUp;
  }

  /// It is in the bucket now.
  void written() {
    written = caughtUp;
  }

  /// The last one that is in the bucket.
  Optional<Mark> lastWritten() {
    return written;
  }

  /// Those that a chunk takes with it.
  ///
  /// @param from its first byte: what comes before it is in another one
  Marks take(long from) {
    Marks all = unwritten.marks();
    unwritten.clear();
    return new Marks(all.all().stream().filter(mark -> mark.offset() >= from).toList());
  }
}
