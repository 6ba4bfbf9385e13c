package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.OutputFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// What is told of a target that cannot be reached.
///
/// @param notUsable snapshots that are no base, with the reason
record NoPlanText(String why, Nearest nearest, List<Bases.Unusable> notUsable) {
  private static final int SNAPSHOTS = 3;

  NoPlanText {
    notUsable = List.copyOf(notUsable);
  }

  String in(OutputFormat format) {
    return switch (format) {
      case JSON -> JsonMapper.shared().writeValueAsString(fields()) + "\n";
      case TABLE -> "No recovery leads there.\n" + sentences();
    };
  }

  /// All of it as one sentence, without its full stop.
  String sentence() {
    return String.join("; ", lines().toList());
  }

  private String sentences() {
    return lines()
        .map(line -> Character.toUpperCase(line.charAt(0)) + line.substring(1) + ".\n")
        .collect(Collectors.joining());
  }

  private Stream<String> lines() {
    return Stream.of(
            Stream.of(why),
            nearest.sentences(),
            notUsable.stream()
                .limit(SNAPSHOTS)
                .map(one -> "%s is no base: %s".formatted(one.snapshot(), one.why())))
        .flatMap(part -> part);
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", 1);
    fields.put("reachable", false);
    fields.put("why", why);
    nearest.before().ifPresent(spot -> fields.put("before", fields(spot)));
    nearest.after().ifPresent(spot -> fields.put("after", fields(spot)));
    fields.put("notUsable", notUsable.stream().map(Bases.Unusable::fields).toList());
    return fields;
  }

  private static Map<String, Object> fields(Nearest.Spot spot) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("timeline", spot.timeline().toString());
    fields.put("state", spot.state().toString());
    fields.put("what", spot.what());
    fields.put("why", spot.why());
    spot.arguments().ifPresent(arguments -> fields.put("arguments", arguments));
    return fields;
  }
}
