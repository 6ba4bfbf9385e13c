package dev.snapshotjobs.restore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Remembers what was found in the copy before anything was replayed, over a death of our
/// container.
final class Notes {
  private Notes() {}

  static void write(
      Scratch scratch,
      Map<EventStatuses.Name, EventStatuses.Status> events,
      List<String> tablesWithoutRows)
      throws IOException {
    scratch.write(Scratch.Note.IGNORED, JsonMapper.shared().writeValueAsString(tablesWithoutRows));
    List<List<String>> rows =
        events.entrySet().stream()
            .map(
                event ->
                    List.of(
                        event.getKey().database(), event.getKey().event(), event.getValue().name()))
            .toList();
    scratch.write(Scratch.Note.EVENTS, JsonMapper.shared().writeValueAsString(rows));
  }

  static Map<EventStatuses.Name, EventStatuses.Status> events(Scratch scratch) throws IOException {
    Map<EventStatuses.Name, EventStatuses.Status> events = new HashMap<>();
    String json = scratch.read(Scratch.Note.EVENTS).orElse("[]");
    for (JsonNode row : JsonMapper.shared().readTree(json)) {
      events.put(
          new EventStatuses.Name(row.get(0).asString(), row.get(1).asString()),
          EventStatuses.Status.valueOf(row.get(2).asString()));
    }
    return events;
  }

  static List<String> tables(Scratch scratch) throws IOException {
    List<String> tables = new ArrayList<>();
    String json = scratch.read(Scratch.Note.IGNORED).orElse("[]");
    JsonMapper.shared().readTree(json).forEach(table -> tables.add(table.asString()));
    return tables;
  }
}
