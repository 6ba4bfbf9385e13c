package dev.snapshotjobs.common.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import tools.jackson.databind.json.JsonMapper;

/// An outcome as JSON within a limit: a termination message is cut off at 4096 bytes by the
/// kubelet, and half a record is no record.
record OutcomeJson(Outcome outcome, int maxBytes) {

  private static final JsonMapper MAPPER = JsonMapper.shared();

  /// At this length no text makes the record too big, even if JSON escapes each character by six.
  private static final int SHORTEST = 40;

  /// Left out in this order when dropping the warnings was not enough: the objects last, because
  /// they say what now exists.
  private static final List<String> DISPENSABLE = List.of("phases", "positions", "objects");

  OutcomeJson {
    if (maxBytes < 2048) {
      throw new IllegalArgumentException("an outcome needs 2048 bytes, not " + maxBytes);
    }
  }

  static String write(Map<String, Object> fields) {
    return MAPPER.writeValueAsString(fields);
  }

  String fitted() {
    Map<String, Object> fields = outcome.fields();
    int warnings = outcome.warnings().size();
    int kept = largestFitting(warnings, count -> withWarnings(fields, count));
    if (kept >= 0) {
      return write(withWarnings(fields, kept));
    }
    return shortened(withWarnings(fields, 0));
  }

  private Map<String, Object> withWarnings(Map<String, Object> fields, int kept) {
    List<String> warnings = outcome.warnings();
    Map<String, Object> result = new LinkedHashMap<>(fields);
    result.put("warnings", warnings.subList(0, kept));
    if (kept < warnings.size()) {
      result.put("warnings_dropped", warnings.size() - kept);
    }
    return result;
  }

  private String shortened(Map<String, Object> fields) {
    int longest = Math.max(outcome.message().length(), outcome.nextStep().length());
    Map<String, Object> result = new LinkedHashMap<>(fields);
    List<String> dropped = new ArrayList<>();
    for (String next : DISPENSABLE) {
      int limit = largestFitting(longest, length -> withTexts(result, length));
      if (limit >= Math.min(SHORTEST, longest)) {
        return write(withTexts(result, limit));
      }
      result.remove(next);
      dropped.add(next);
      result.put("dropped", dropped);
    }
    int limit = largestFitting(longest, length -> withTexts(result, length));
    if (limit >= 0) {
      return write(withTexts(result, limit));
    }
    result.replaceAll((_, value) -> value instanceof String text ? cut(text, SHORTEST) : value);
    return write(result);
  }

  private static Map<String, Object> withTexts(Map<String, Object> fields, int length) {
    Map<String, Object> result = new LinkedHashMap<>(fields);
    for (String text : List.of("message", "next_step")) {
      result.computeIfPresent(text, (_, value) -> cut(value.toString(), length));
    }
    return result;
  }

  /// The largest n in 0..max whose record fits, or -1.
  private int largestFitting(int max, IntFunction<Map<String, Object>> record) {
    int low = -1;
    int high = max;
    while (low < high) {
      int middle = low + (high - low + 1) / 2;
      if (fits(write(record.apply(middle)))) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private boolean fits(String json) {
    return json.getBytes(StandardCharsets.UTF_8).length <= maxBytes;
  }

  /// At most `length` characters, and none of them cut in half.
  private static String cut(String text, int length) {
    return text.codePointCount(0, text.length()) <= length
        ? text
        : text.substring(0, text.offsetByCodePoints(0, Math.max(0, length - 1))) + "…";
  }
}
