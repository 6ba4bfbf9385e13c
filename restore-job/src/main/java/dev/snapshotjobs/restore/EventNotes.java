package dev.snapshotjobs.restore;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Remembers what the events of the copy were before anything was replayed, over a death of our
/// container.
final class EventNotes {
  private EventNotes() {}

  static void write(Scratch scratch, Map<EventStatuses.Name, EventStatuses.Status> events)
      throws IOException {
    List<List<String>> rows =
        events.entrySet().stream()
            .map(
                event ->
                    List.of(
                        event.getKey().database(), event.getKey().event(), event.getValue().name()))
            .toList();
    scratch.write(Scratch.Note.EVENTS, JsonMapper.shared().writeValueAsString(rows));
  }

  static Map<EventStatuses.Name, EventStatuses.Status> read(Scratch scratch) throws IOException {
    Map<EventStatuses.Name, EventStatuses.Status> events = new HashMap<>();
    String json = scratch.read(Scratch.Note.EVENTS).orElse("[]");
    for (JsonNode row : JsonMapper.shared().readTree(json)) {
      events.put(
          new EventStatuses.Name(row.get(0).asString(), row.get(1).asString()),
          EventStatuses.Status.valueOf(row.get(2).asString()));
    }
    return events;
  }
}
