package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchiveObject.OfMark;
import dev.snapshotjobs.common.archive.ArchiveObject.RestoreHistory;
import dev.snapshotjobs.common.archive.ArchiveObject.RestorePlan;
import dev.snapshotjobs.common.archive.ArchiveObject.SnapshotEntry;
import dev.snapshotjobs.common.archive.ArchiveObject.TimelineDocument;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The keys of one instance: the one place where they are put together and taken apart.
///
/// @param prefix what comes before the instance; may be empty, and may have slashes inside
public record ArchiveKeys(String prefix, String instance) {
  private static final int LONGEST = 1024; // S3
  private static final String CATALOGUE = "catalog/";
  private static final String BINLOGS = "binlogs/";
  private static final String RESTORES = "restores/";
  private static final String PLAN = "/plan.json";
  private static final String HISTORY = "/history-";
  private static final String TAIL = "tail/";
  private static final String TIMELINE = "timeline.json";
  private static final String JSON = ".json";
  private static final String MARK = "mark-";
  private static final DateTimeFormatter MARK_TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  public ArchiveKeys {
    if (prefix.length() > 1 && prefix.endsWith("/")) {
      prefix = prefix.substring(0, prefix.length() - 1);
    }
    if (!prefix.isEmpty()) {
      Stream.of(prefix.split("/", -1)).forEach(Names::segment);
    }
    Names.instance(instance);
  }

  /// Below which everything of the instance lies; with a slash at its end, as all that are listed.
  public String root() {
    return prefix.isEmpty() ? instance + "/" : prefix + "/" + instance + "/";
  }

  /// Below which the catalogue entries lie.
  public String catalogue() {
    return root() + CATALOGUE;
  }

  /// Below which the restores lie.
  public String restores() {
    return root() + RESTORES;
  }

  /// Below which the timelines lie.
  public String timelines() {
    return root() + BINLOGS;
  }

  /// Below which the logs of a timeline lie, the sealed and the others.
  public String timeline(TimelineId timeline) {
    return timelines() + timeline + "/";
  }

  /// Below which the tails of all logs of a timeline lie.
  public String tails(TimelineId timeline) {
    return timeline(timeline) + TAIL;
  }

  /// Below which the chunks and marks of one log lie.
  public String tail(TimelineId timeline, LogName log) {
    return tails(timeline) + log + "/";
  }

  public String key(ArchiveObject object) {
    String key =
        switch (object) {
          case SnapshotEntry(String name) -> catalogue() + name + JSON;
          case TimelineDocument(TimelineId timeline) -> timeline(timeline) + TIMELINE;
          case RestorePlan(String id) -> restores() + id + PLAN;
          case RestoreHistory(String id, String head) -> restores() + id + HISTORY + head + JSON;
          case OfLog(TimelineId timeline, LogName log, LogPart part) ->
              timeline(timeline) + log + part.ending();
          case OfChunk(TimelineId timeline, LogName log, ChunkRange range, ChunkPart part) ->
              tail(timeline, log) + range + part.ending();
          case OfMark(TimelineId timeline, LogName log, Instant at) ->
              tail(timeline, log) + MARK + MARK_TIME.format(at) + JSON;
        };
    if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new IllegalArgumentException("a key has at most 1024 bytes: " + key);
    }
    return key;
  }

  /// What the key is of; empty for all that is not ours or that we do not know, which is never
  /// touched.
  public Optional<ArchiveObject> parse(String key) {
    try {
      return Optional.of(key)
          .flatMap(whole -> behind(root(), whole))
          .flatMap(
              rest ->
                  behind(CATALOGUE, rest)
                      .flatMap(ArchiveKeys::snapshot)
                      .or(() -> behind(BINLOGS, rest).flatMap(ArchiveKeys::ofTimeline))
                      .or(() -> behind(RESTORES, rest).flatMap(ArchiveKeys::ofRestore)))
          .filter(object -> key(object).equals(key));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<ArchiveObject> snapshot(String rest) {
    return before(JSON, rest).map(SnapshotEntry::new);
  }

  private static Optional<ArchiveObject> ofRestore(String rest) {
    return before(PLAN, rest)
        .<ArchiveObject>map(RestorePlan::new)
        .or(() -> before(JSON, rest).flatMap(ArchiveKeys::historyOf));
  }

  private static Optional<ArchiveObject> historyOf(String name) {
    int at = name.lastIndexOf(HISTORY);
    return at < 0
        ? Optional.empty()
        : Optional.of(
            new RestoreHistory(name.substring(0, at), name.substring(at + HISTORY.length())));
  }

  private static Optional<ArchiveObject> ofTimeline(String rest) {
    int slash = rest.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    TimelineId timeline = TimelineId.parse(rest.substring(0, slash));
    String name = rest.substring(slash + 1);
    return name.equals(TIMELINE)
        ? Optional.of(new TimelineDocument(timeline))
        : behind(TAIL, name)
            .map(ofTail -> ofTail(timeline, ofTail))
            .orElseGet(() -> log(timeline, name));
  }

  private static Optional<ArchiveObject> ofTail(TimelineId timeline, String rest) {
    int slash = rest.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    LogName log = new LogName(rest.substring(0, slash));
    String file = rest.substring(slash + 1);
    return behind(MARK, file)
        .flatMap(mark -> before(JSON, mark))
        .map(at -> mark(timeline, log, at))
        .or(() -> chunk(timeline, log, file));
  }

  private static ArchiveObject mark(TimelineId timeline, LogName log, String at) {
    try {
      return new OfMark(timeline, log, MARK_TIME.parse(at, Instant::from));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(Names.quoted(at) + " is not the time of a mark", e);
    }
  }

  private static Optional<ArchiveObject> chunk(TimelineId timeline, LogName log, String file) {
    return Stream.of(ChunkPart.values())
        .flatMap(
            part ->
                before(part.ending(), file)
                    .map(range -> new OfChunk(timeline, log, ChunkRange.parse(range), part))
                    .stream())
        .map(ArchiveObject.class::cast)
        .findFirst();
  }

  private static Optional<ArchiveObject> log(TimelineId timeline, String name) {
    // The index first: the name of no log ends as its key does without the last of both endings.
    return Stream.of(LogPart.INDEX, LogPart.DATA, LogPart.MANIFEST)
        .flatMap(part -> before(part.ending(), name).map(log -> of(timeline, log, part)).stream())
        .findFirst();
  }

  private static ArchiveObject of(TimelineId timeline, String log, LogPart part) {
    return new OfLog(timeline, new LogName(log), part);
  }

  private static Optional<String> behind(String start, String text) {
    return text.startsWith(start) ? Optional.of(text.substring(start.length())) : Optional.empty();
  }

  private static Optional<String> before(String end, String text) {
    return text.endsWith(end)
        ? Optional.of(text.substring(0, text.length() - end.length()))
        : Optional.empty();
  }
}
