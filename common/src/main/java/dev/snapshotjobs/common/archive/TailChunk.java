package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.LogSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is to be known of a chunk of a log that is not sealed. Written after its data.
///
/// @param sha256 of the chunk's own plain bytes
/// @param beforeSha256 of the log's plain bytes before them: ties the chunk to what it continues
/// @param prefix what a reading of the log up to the chunk's end found, so that the newest chunk
///   says of the log what a manifest would
/// @param object the compressed chunk in the bucket
public record TailChunk(
    String instance,
    TimelineId timeline,
    LogName log,
    ChunkRange range,
    String sha256,
    String beforeSha256,
    LogSummary prefix,
    StoredObject object,
    Marks marks,
    Instant archivedAt) {

  public TailChunk {
    Names.instance(instance);
    Sha256.checked(sha256);
    Sha256.checked(beforeSha256);
    prefix = SummaryJson.bounded(prefix);
    if (prefix.size() != range.to()) {
      throw new IllegalArgumentException(
          "the log was read up to %d, and the chunk ends at %d"
              .formatted(prefix.size(), range.to()));
    }
    if (range.from() == 0 != beforeSha256.equals(Sha256.EMPTY)) {
      throw new IllegalArgumentException(
          "nothing comes before the first chunk, and only before it");
    }
    if (range.from() == 0 && !sha256.equals(prefix.sha256())) {
      throw new IllegalArgumentException("the first chunk is all of the log up to its end");
    }
    marks.checkWithin(range.from(), range.to(), ArchiveLimits.CHUNK_MARKS);
  }

  public byte[] json() {
    Map<String, Object> fields = Json.document();
    fields.put("instance", instance);
    fields.put("timeline", timeline.toString());
    fields.put("log", log.text());
    fields.put("from", range.from());
    fields.put("to", range.to());
    fields.put("sha256", sha256);
    fields.put("beforeSha256", beforeSha256);
    Map<String, Object> summary = new LinkedHashMap<>();
    SummaryJson.put(prefix, summary);
    fields.put("prefix", summary);
    fields.put("object", object.fields());
    fields.put("marks", marks.fields());
    fields.put("archivedAt", archivedAt.toString());
    return Json.write(fields, ArchiveLimits.CHUNK_DOCUMENT);
  }

  /// Reads what was written.
  ///
  /// @param object the key, for what there is to complain about
  public static TailChunk read(String object, byte[] json) throws ArchiveFormatException {
    Fields in = Json.read(object, json, ArchiveLimits.CHUNK_DOCUMENT);
    String instance = in.value("instance", 63, Names::instance);
    TimelineId timeline = in.value("timeline", 4, TimelineId::parse);
    LogName log = in.value("log", 255, LogName::new);
    long from = in.count("from");
    long to = in.count("to");
    String sha256 = in.sha256("sha256");
    String beforeSha256 = in.sha256("beforeSha256");
    LogSummary prefix = SummaryJson.read(in.in("prefix"));
    StoredObject stored = StoredObject.of(in.in("object"));
    List<Mark> marks = new ArrayList<>();
    for (Fields mark : in.list("marks", ArchiveLimits.CHUNK_MARKS)) {
      marks.add(Mark.of(mark));
    }
    Instant archivedAt = in.instant("archivedAt");
    return in.made(
        () ->
            new TailChunk(
                instance,
                timeline,
                log,
                new ChunkRange(from, to),
                sha256,
                beforeSha256,
                prefix,
                stored,
                new Marks(marks),
                archivedAt));
  }
}
