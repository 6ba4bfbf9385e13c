package dev.snapshotjobs.common.bucket;

import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.History;
import dev.snapshotjobs.common.archive.LogIndex;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.objects.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Reads the documents of all timelines, and holds them against what the bucket lists: what is
/// gone, cut off or unreadable becomes a [Damage], and everything else goes on.
///
/// An archiver may be at work meanwhile. What looks gone in the listing is asked for once more.
public final class HistoryReader {
  /// Marks are looked for in so many logs from the end of a chain: further back they say nothing of
  /// interest any more, and each log costs a request.
  private static final int LOGS_WITH_MARKS = 8;

  private final ObjectStore store;
  private final BucketReader reader;

  public HistoryReader(ObjectStore store, String instance) {
    this.store = store;
    this.reader = new BucketReader(store, instance);
  }

  /// Reads everything but the logs themselves and their indexes.
  public Histories read() {
    List<History> all = new ArrayList<>();
    Listing.of(store, reader.keys())
        .forEach((id, listed) -> all.add(new TimelineReader(store, reader, id, listed).read()));
    return new Histories(all);
  }

  /// The last mark that had caught up with the server, in the newest logs of the chain.
  ///
  /// @param damages takes what of the indexes that may have it cannot be read
  public Optional<Mark> caughtUp(Chain chain, Collection<Damage> damages) {
    List<ArchivedLog> newest = chain.logs().reversed().stream().limit(LOGS_WITH_MARKS).toList();
    for (ArchivedLog log : newest) {
      Optional<Mark> found =
          marks(chain.timeline(), log, damages).reversed().stream()
              .filter(Mark::caughtUp)
              .findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private List<Mark> marks(TimelineId timeline, ArchivedLog log, Collection<Damage> damages) {
    return switch (log) {
      case ArchivedLog.Open(TailPrefix tail) -> tail.marks().all();
      case ArchivedLog.Sealed sealed -> {
        try {
          yield reader.index(timeline, sealed.log()).map(LogIndex::marks).orElse(Marks.NONE).all();
        } catch (IOException e) {
          OfLog index = new OfLog(timeline, sealed.log(), LogPart.INDEX);
          damages.add(Damage.of(reader.keys(), index, e));
          yield List.of();
        }
      }
    };
  }
}
