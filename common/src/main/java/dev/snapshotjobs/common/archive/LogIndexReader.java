package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import dev.snapshotjobs.common.binlog.GtidState;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads an index as it comes out of the decompression, one frame at a time: as a tree it might
/// need ten times its size.
final class LogIndexReader {
  private final String object;
  private final JsonParser json;
  private final ObjectNode scalars = JsonNodeFactory.instance.objectNode();
  private @Nullable List<IndexedFrame> frames;
  private @Nullable List<Mark> marks;

  private LogIndexReader(String object, JsonParser json) {
    this.object = object;
    this.json = json;
  }

  /// The parser reads the first bytes as it is made, and fails as it does later.
  static LogIndex read(String object, InputStream packed) throws IOException {
    try (PlainStream plain = PlainStream.upTo(object, packed, ArchiveLimits.INDEX);
        JsonParser json = Json.INDEX.createParser(plain)) {
      return new LogIndexReader(object, json).index();
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      throw Json.notJson(object, e);
    }
  }

  private LogIndex index() throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new ArchiveFormatException(Fault.NOT_JSON, object, "expected an object");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("frames") && value == JsonToken.START_ARRAY) {
        frames = frames();
      } else if (name.equals("marks") && value == JsonToken.START_ARRAY) {
        marks = marks();
      } else {
        keep(scalars, name, value);
        if (name.equals("format")) {
          Fields.of(object, "", scalars).checkFormat(); // before the rest makes no sense
        }
      }
    }
    if (json.nextToken() != null) {
      throw new ArchiveFormatException(Fault.NOT_JSON, object, "something follows the document");
    }
    Fields in = Fields.of(object, "", scalars);
    in.checkFormat();
    GtidState end = in.value("end", ArchiveLimits.GTIDS, GtidState::parse);
    List<IndexedFrame> found = frames;
    List<Mark> marked = marks;
    if (found == null || marked == null) {
      throw in.wrong(found == null ? "frames" : "marks", "a list");
    }
    return in.made(() -> new LogIndex(found, end, new Marks(marked)));
  }

  private List<IndexedFrame> frames() throws IOException {
    List<IndexedFrame> all = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      all.add(frame(element("frames", all.size(), ArchiveLimits.FRAMES)));
    }
    return all;
  }

  private List<Mark> marks() throws IOException {
    List<Mark> all = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      all.add(Mark.of(element("marks", all.size(), ArchiveLimits.INDEX_MARKS)));
    }
    return all;
  }

  private static IndexedFrame frame(Fields in) throws ArchiveFormatException {
    long offset = in.count("offset");
    int length = (int) in.number("length", 1, ArchiveLimits.FRAME);
    long objectOffset = in.count("objectOffset");
    int objectLength = (int) in.number("objectLength", 1, ArchiveLimits.PACKED_FRAME);
    Optional<GtidState> state =
        in.has("state")
            ? Optional.of(in.value("state", ArchiveLimits.GTIDS, GtidState::parse))
            : Optional.empty();
    long transactions = in.count("transactions");
    boolean ordered = in.flag("ordered");
    Optional<IndexedFrame.Span> times = transactions > 0 ? Optional.of(span(in)) : Optional.empty();
    return in.made(
        () ->
            new IndexedFrame(
                new Frame(offset, length, objectOffset, objectLength),
                state,
                transactions,
                ordered,
                times));
  }

  private static IndexedFrame.Span span(Fields in) throws ArchiveFormatException {
    Instant earliest = in.instant("earliest");
    Instant latest = in.instant("latest");
    return in.made(() -> new IndexedFrame.Span(earliest, latest));
  }

  /// One element of a list, of which only what is a single value is kept.
  private Fields element(String list, int number, int most) throws IOException {
    String path = "%s[%d]".formatted(list, number);
    if (number == most || json.currentToken() != JsonToken.START_OBJECT) {
      throw new ArchiveFormatException(
          Fault.BAD_FIELD,
          object,
          "field '%s': expected an object, and at most %d of them".formatted(path, most));
    }
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      keep(kept, name, json.nextToken());
    }
    return Fields.of(object, path, kept);
  }

  private void keep(ObjectNode into, String name, JsonToken value) throws IOException {
    if (into.size() > ArchiveLimits.FIELDS) {
      throw new ArchiveFormatException(Fault.TOO_LARGE, object, "an object has too many fields");
    }
    switch (value) {
      case START_OBJECT, START_ARRAY -> json.skipChildren();
      case VALUE_STRING -> into.put(name, json.getString());
      case VALUE_NUMBER_INT -> into.put(name, json.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> into.put(name, Double.NaN);
      case VALUE_TRUE, VALUE_FALSE -> into.put(name, json.getBooleanValue());
      case VALUE_NULL -> into.putNull(name);
      default -> throw new ArchiveFormatException(Fault.NOT_JSON, object, "a value is missing");
    }
  }
}
