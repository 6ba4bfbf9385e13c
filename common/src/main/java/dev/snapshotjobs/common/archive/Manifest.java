package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.LogSummary;
import java.time.Instant;
import java.util.Map;

/// What is to be known of a sealed log without reading it. Written after its data and its index:
/// the log is archived when this is there.
///
/// @param content what a reading of all of it found; of the incidents only the first few
/// @param sizeOnServer of its file, more than `content` says where the end of it could not be read
/// @param object the compressed log in the bucket
public record Manifest(
    String instance,
    TimelineId timeline,
    LogName log,
    LogSummary content,
    long sizeOnServer,
    StoredObject object,
    int frames,
    Instant archivedAt) {

  public Manifest {
    Names.instance(instance);
    content = SummaryJson.bounded(content);
    if (sizeOnServer < 1) {
      throw new IllegalArgumentException("a log has no size of " + sizeOnServer);
    }
    if (frames < 1 || frames > ArchiveLimits.FRAMES) {
      throw new IllegalArgumentException("no log has " + frames + " frames");
    }
  }

  public byte[] json() {
    Map<String, Object> fields = Json.document();
    fields.put("instance", instance);
    fields.put("timeline", timeline.toString());
    fields.put("log", log.text());
    SummaryJson.put(content, fields);
    fields.put("sizeOnServer", sizeOnServer);
    fields.put("object", object.fields());
    fields.put("frames", frames);
    fields.put("archivedAt", archivedAt.toString());
    return Json.write(fields, ArchiveLimits.MANIFEST);
  }

  /// Reads what was written.
  ///
  /// @param object the key, for what there is to complain about
  public static Manifest read(String object, byte[] json) throws ArchiveFormatException {
    Fields in = Json.read(object, json, ArchiveLimits.MANIFEST);
    String instance = in.value("instance", 63, Names::instance);
    TimelineId timeline = in.value("timeline", 4, TimelineId::parse);
    LogName log = in.value("log", 255, LogName::new);
    LogSummary content = SummaryJson.read(in);
    long sizeOnServer = in.number("sizeOnServer", 1, Long.MAX_VALUE);
    StoredObject stored = StoredObject.of(in.in("object"));
    int frames = (int) in.number("frames", 1, ArchiveLimits.FRAMES);
    Instant archivedAt = in.instant("archivedAt");
    return in.made(
        () ->
            new Manifest(
                instance, timeline, log, content, sizeOnServer, stored, frames, archivedAt));
  }
}
