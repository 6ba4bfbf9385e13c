package dev.snapshotjobs.common.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// How one run ended, as every sink tells it. The components are the fields of its JSON, in their
/// order; `format` is 1.
///
/// @param duration of the whole run, by the monotonic clock
/// @param exit the exit status of the process
/// @param verdict one word or two of the job, such as `consistent`
/// @param reason stable code of the job's reason
public record Outcome(
    String job,
    String instance,
    String runId,
    int exit,
    String verdict,
    String reason,
    String message,
    String nextStep,
    Instant startedAt,
    Instant endedAt,
    Duration duration,
    Map<String, Duration> phases,
    List<ObjectRef> objects,
    Map<String, String> positions,
    List<String> warnings) {

  public Outcome {
    job = wellFormed(job);
    instance = wellFormed(instance);
    runId = wellFormed(runId);
    verdict = wellFormed(verdict);
    reason = wellFormed(reason);
    message = wellFormed(message);
    nextStep = wellFormed(nextStep);
    phases = Collections.unmodifiableMap(new LinkedHashMap<>(phases));
    objects = List.copyOf(objects);
    Map<String, String> wellFormed = new LinkedHashMap<>(positions);
    wellFormed.replaceAll((_, value) -> wellFormed(value));
    positions = Collections.unmodifiableMap(wellFormed);
    warnings = warnings.stream().map(Outcome::wellFormed).toList();
  }

  /// Halves of characters cannot be written as UTF-8, and an outcome must always be written.
  private static String wellFormed(String text) {
    StringBuilder whole = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }

  /// The same outcome with every free text passed through `masking`.
  public Outcome masked(UnaryOperator<String> masking) {
    Map<String, String> maskedPositions = new LinkedHashMap<>();
    positions.forEach((key, value) -> maskedPositions.put(key, masking.apply(value)));
    return new Outcome(
        job,
        masking.apply(instance),
        runId,
        exit,
        verdict,
        reason,
        masking.apply(message),
        masking.apply(nextStep),
        startedAt,
        endedAt,
        duration,
        phases,
        objects,
        maskedPositions,
        warnings.stream().map(masking).toList());
  }

  /// All of it as one line of JSON.
  public String toJson() {
    return OutcomeJson.write(fields());
  }

  /// As one line of valid JSON of at most `maxBytes` bytes of UTF-8, at least 2048: warnings are
  /// left out first, then the texts are shortened, then the rest is left out.
  public String toJson(int maxBytes) {
    return new OutcomeJson(this, maxBytes).fitted();
  }

  @JsonValue
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", 1);
    fields.put("job", job);
    fields.put("instance", instance);
    fields.put("run_id", runId);
    fields.put("exit", exit);
    fields.put("verdict", verdict);
    fields.put("reason", reason);
    fields.put("message", message);
    fields.put("next_step", nextStep);
    fields.put("started_at", startedAt.toString());
    fields.put("ended_at", endedAt.toString());
    fields.put("duration", seconds(duration));
    Map<String, BigDecimal> inSeconds = new LinkedHashMap<>();
    phases.forEach((name, value) -> inSeconds.put(name, seconds(value)));
    fields.put("phases", inSeconds);
    fields.put("objects", objects);
    fields.put("positions", positions);
    fields.put("warnings", warnings);
    return fields;
  }

  private static BigDecimal seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toNanos(), 9).setScale(3, RoundingMode.HALF_UP);
  }

  /// For people who read a log.
  @Override
  public String toString() {
    return "exit=" + exit + " verdict=" + verdict + " reason=" + reason + " \"" + message + '"';
  }
}
