package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.LogSummary;
import java.util.Map;

/// A mark that lies in the bucket by itself: on a server that logs nothing there is no chunk to
/// carry it, and without it nobody could tell a quiet server from an archiver that is dead.
///
/// @param head of the log, as in the chunk that ends there
/// @param sha256 of the log's plain bytes up to the mark's offset: ties it to that chunk
public record TailMark(
    String instance, TimelineId timeline, LogName log, String head, String sha256, Mark mark) {

  public TailMark {
    Names.instance(instance);
    Sha256.checked(head);
    Sha256.checked(sha256);
  }

  /// At the end of what is archived.
  ///
  /// @param archived what a reading of the log up to there found
  public static TailMark of(
      String instance, TimelineId timeline, LogName log, LogSummary archived, Mark mark) {
    if (archived.size() != mark.offset()) {
      throw new IllegalArgumentException(
          "the mark is at %d, and what is archived ends at %d"
              .formatted(mark.offset(), archived.size()));
    }
    return new TailMark(instance, timeline, log, archived.head(), archived.sha256(), mark);
  }

  /// What it lies in the bucket as.
  public ArchiveObject.OfMark object() {
    return new ArchiveObject.OfMark(timeline, log, mark.at());
  }

  /// Whether the chunk ends where this mark is.
  boolean isAtTheEndOf(TailChunk chunk) {
    return chunk.range().to() == mark.offset()
        && chunk.prefix().sha256().equals(sha256)
        && chunk.prefix().head().equals(head);
  }

  public byte[] json() {
    Map<String, Object> fields = Json.document();
    fields.put("instance", instance);
    fields.put("timeline", timeline.toString());
    fields.put("log", log.text());
    fields.put("head", head);
    fields.put("sha256", sha256);
    fields.put("mark", mark.fields());
    return Json.write(fields, ArchiveLimits.TAIL_MARK);
  }

  /// Reads what was written.
  ///
  /// @param object the key, for what there is to complain about
  public static TailMark read(String object, byte[] json) throws ArchiveFormatException {
    Fields in = Json.read(object, json, ArchiveLimits.TAIL_MARK);
    String instance = in.value("instance", 63, Names::instance);
    TimelineId timeline = in.value("timeline", 4, TimelineId::parse);
    LogName log = in.value("log", 255, LogName::new);
    String head = in.sha256("head");
    String sha256 = in.sha256("sha256");
    Mark mark = Mark.of(in.in("mark"));
    return in.made(() -> new TailMark(instance, timeline, log, head, sha256, mark));
  }
}
