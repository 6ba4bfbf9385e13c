package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.ExitCode;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a container of a restore's pod has ended: by the outcome that it left, or else by what the
/// kubelet says.
///
/// @param reason empty if it left no outcome
record ContainerEnd(
    String container,
    int exit,
    String reason,
    String message,
    String nextStep,
    Map<String, String> positions,
    List<String> warnings) {
  /// The copy is of no more use: somebody has begun to work on it, and nobody knows how far.
  private static final Set<String> WORTHLESS = Set.of("copy-begun", "server-died");

  private static final String SERVER_ERROR = "[ERROR]";

  ContainerEnd {
    positions = Map.copyOf(positions);
    warnings = List.copyOf(warnings);
  }

  static ContainerEnd of(String container, ContainerStateTerminated state) {
    int exit = Objects.requireNonNullElse(state.getExitCode(), 1);
    String left = Objects.requireNonNullElse(state.getMessage(), "");
    try {
      JsonNode outcome = JsonMapper.shared().readTree(left);
      if (outcome.path("reason").isString()) {
        Map<String, String> positions = new LinkedHashMap<>();
        outcome
            .path("positions")
            .properties()
            .forEach(
                position -> positions.put(position.getKey(), position.getValue().asString("")));
        List<String> warnings = new ArrayList<>();
        outcome.path("warnings").forEach(warning -> warnings.add(warning.asString("")));
        return new ContainerEnd(
            container,
            exit,
            outcome.path("reason").asString(),
            outcome.path("message").asString(""),
            outcome.path("next_step").asString(""),
            positions,
            warnings);
      }
    } catch (JacksonException e) {
      // It died before it could say anything: what there is may still tell somebody why.
    }
    String why = Objects.requireNonNullElse(state.getReason(), "Error");
    String told = left.isBlank() ? "" : ": " + telling(left.strip().lines().toList());
    return new ContainerEnd(container, exit, "", why + told, "", Map.of(), List.of());
  }

  /// The first error of a MariaDB server, whose last line is that it aborts, or the last line.
  private static String telling(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains(SERVER_ERROR))
        .findFirst()
        .map(line -> line.substring(line.indexOf(SERVER_ERROR) + SERVER_ERROR.length()).strip())
        .orElseGet(lines::getLast);
  }

  /// Whether the next attempt would end the same way.
  boolean isFinal() {
    return exit == ExitCode.USAGE.code() || exit == ExitCode.REFUSED.code();
  }

  boolean makesCopyWorthless() {
    return exit == ExitCode.FAILED.code() && WORTHLESS.contains(reason);
  }

  String words() {
    return "%s ended with %d%s: %s"
        .formatted(container, exit, reason.isEmpty() ? "" : " (" + reason + ")", message);
  }
}
