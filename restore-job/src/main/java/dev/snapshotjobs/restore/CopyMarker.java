package dev.snapshotjobs.restore;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a restore leaves on its volume about itself: a copy on which one was begun is of no use to
/// a second one, and one that is ready must not be touched again.
///
/// @param restore its id
/// @param snapshotUid of the snapshot that the copy was made from: a later one of a server that was
///   restored has the marker too, and its restore may be called the same
/// @param reached the position that the data are at; empty before it is ready
/// @param binlogState of the history that the server begins with; empty before it is ready
/// @param message what was said in the end; empty before it is ready
record CopyMarker(
    String restore,
    String snapshotUid,
    State state,
    Instant at,
    String reached,
    String binlogState,
    String message) {
  private static final int FORMAT = 1;

  enum State {
    BEGUN,
    READY
  }

  static CopyMarker begun(String restore, String snapshotUid, Instant at) {
    return new CopyMarker(restore, snapshotUid, State.BEGUN, at, "", "", "");
  }

  boolean isOf(String id, String uid) {
    return restore.equals(id) && snapshotUid.equals(uid);
  }

  boolean isReady() {
    return state == State.READY;
  }

  byte[] json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", FORMAT);
    fields.put("restore", restore);
    fields.put("snapshotUid", snapshotUid);
    fields.put("state", state.name());
    fields.put("at", at.toString());
    fields.put("reached", reached);
    fields.put("binlogState", binlogState);
    fields.put("message", message);
    return JsonMapper.shared().writeValueAsBytes(fields);
  }

  /// @param file for what there is to complain about
  static CopyMarker read(String file, byte[] json) throws IOException {
    try {
      JsonNode root = JsonMapper.shared().readTree(json);
      if (root.path("format").asInt(0) != FORMAT) {
        throw new IOException(file + " has a format that this version does not know");
      }
      return new CopyMarker(
          root.path("restore").asString(""),
          root.path("snapshotUid").asString(""),
          State.valueOf(root.path("state").asString("")),
          Instant.parse(root.path("at").asString("")),
          root.path("reached").asString(""),
          root.path("binlogState").asString(""),
          root.path("message").asString(""));
    } catch (JacksonException | IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException(file + " is not what a restore writes: " + e.getMessage(), e);
    }
  }
}
