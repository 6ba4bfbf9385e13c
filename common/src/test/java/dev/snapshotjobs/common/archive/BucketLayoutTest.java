package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The reference says what the code does.
class BucketLayoutTest {
  private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

  private final String page = page();

  @Test
  void listsEveryKey() {
    ArchiveKeys keys = new ArchiveKeys("prefix", "instance");
    TimelineId timeline = TimelineId.FIRST;
    LogName log = new LogName("log.1");
    ChunkRange range = new ChunkRange(1, 2);
    List<String> expected =
        Stream.of(
                new ArchiveObject.SnapshotEntry("snapshot"),
                new ArchiveObject.TimelineDocument(timeline),
                new ArchiveObject.OfLog(timeline, log, LogPart.DATA),
                new ArchiveObject.OfLog(timeline, log, LogPart.INDEX),
                new ArchiveObject.OfLog(timeline, log, LogPart.MANIFEST),
                new ArchiveObject.OfChunk(timeline, log, range, ChunkPart.DATA),
                new ArchiveObject.OfChunk(timeline, log, range, ChunkPart.DOCUMENT),
                new ArchiveObject.OfMark(timeline, log, Instant.EPOCH),
                new ArchiveObject.RestorePlan("restore"),
                new ArchiveObject.RestoreHistory("restore", "0123456789"))
            .map(keys::key)
            .map(
                key ->
                    key.replace(range.toString(), "<from>-<to>")
                        .replace("19700101T000000.000Z", "<time>")
                        .replace("prefix/instance", "<prefix>/<instance>")
                        .replace("catalog/snapshot", "catalog/<snapshot>")
                        .replace("restores/restore", "restores/<restore>")
                        .replace("0123456789", "<head>")
                        .replace("0001/", "<timeline>/")
                        .replace("log.1", "<log>"))
            .toList();

    assertThat(firstCells("## Keys")).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void listsEveryFieldOfEveryDocument(DocumentKind kind) {
    String heading =
        switch (kind) {
          case MANIFEST -> "### Manifest";
          case TIMELINE -> "### Timeline";
          case TAIL_CHUNK -> "### Tail chunk";
          case TAIL_MARK -> "### Tail mark";
          case CATALOGUE_ENTRY -> "### Catalogue entry";
          case PLAN -> "### Recovery plan";
          case HISTORY -> "### Restored history";
          case INDEX -> "### Index";
        };
    List<String> listed = new ArrayList<>(firstCells(heading));
    for (Timeline.Reason reason : Timeline.Reason.values()) {
      assertThat(page).contains("| `" + reason + "` |");
      listed.remove(reason.toString());
    }

    assertThat(listed).isEqualTo(paths("", JsonMapper.shared().readTree(kind.golden())));
  }

  @Test
  void listsTheLimits() {
    Map.ofEntries(
            Map.entry("plain bytes in a frame", ArchiveLimits.FRAME),
            Map.entry("compressed bytes in a frame", ArchiveLimits.PACKED_FRAME),
            Map.entry("frames of a log", ArchiveLimits.FRAMES),
            Map.entry("bytes of a manifest", ArchiveLimits.MANIFEST),
            Map.entry("bytes of a timeline document", ArchiveLimits.TIMELINE),
            Map.entry("bytes of a chunk's document", ArchiveLimits.CHUNK_DOCUMENT),
            Map.entry("bytes of a mark's document", ArchiveLimits.TAIL_MARK),
            Map.entry("bytes of a catalogue entry", ArchiveLimits.CATALOGUE_ENTRY),
            Map.entry("bytes of a recovery plan", ArchiveLimits.PLAN),
            Map.entry("bytes of an index, before compression", ArchiveLimits.INDEX),
            Map.entry("characters of a GTID state or position", ArchiveLimits.GTIDS),
            Map.entry("marks of a chunk", ArchiveLimits.CHUNK_MARKS),
            Map.entry("marks of a log", ArchiveLimits.INDEX_MARKS),
            Map.entry("incidents that are shown", ArchiveLimits.INCIDENTS),
            Map.entry("characters of an incident's message", ArchiveLimits.INCIDENT_MESSAGE),
            Map.entry("objects and lists inside of each other", ArchiveLimits.DEPTH))
        .forEach((limit, value) -> assertThat(page).contains("| " + limit + " | " + value + " |"));
    assertThat(page).contains("format` is higher than " + Json.FORMAT);
    assertThat(page).contains("Compressed by level " + FrameWriter.LEVEL);
  }

  /// The first cell of each row between this heading and the next.
  private List<String> firstCells(String heading) {
    String section = page.substring(page.indexOf(heading + "\n") + heading.length());
    String own = section.split("(?m)^##", 2)[0];
    return FIRST_CELL.matcher(own).results().map(row -> row.group(1)).toList();
  }

  private static List<String> paths(String before, JsonNode object) {
    List<String> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String path = before + field.getKey();
      all.add(path);
      JsonNode value = field.getValue();
      if (value.isArray()) {
        all.addAll(paths(path + "[].", value.get(0)));
      } else if (value.isObject() && !path.equals("labels") && !path.equals("annotations")) {
        all.addAll(paths(path + ".", value));
      }
    }
    return all;
  }

  private static String page() {
    try {
      return Files.readString(Path.of("../docs/reference/bucket-layout.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
