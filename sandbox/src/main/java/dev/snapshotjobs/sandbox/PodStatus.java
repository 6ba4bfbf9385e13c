package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The `status` of a Pod as the kubelet writes it.
final class PodStatus {

  private PodStatus() {}

  static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(each -> each.getType().equals("Ready") && each.getStatus().equals("True"));
  }

  static int restarts(Pod pod) {
    return pod.getStatus() == null
        ? 0
        : pod.getStatus().getContainerStatuses().stream()
            .mapToInt(each -> Objects.requireNonNullElse(each.getRestartCount(), 0))
            .sum();
  }

  static Map<String, Object> ready(Pod pod, Container container, String address, int restarts) {
    String now = now();
    return Map.of(
        "phase",
        "Running",
        "podIP",
        address,
        "podIPs",
        List.of(Map.of("ip", address)),
        "hostIP",
        "127.0.0.1",
        "startTime",
        now,
        "conditions",
        conditions("True"),
        "containerStatuses",
        List.of(container(pod, container, restarts, Map.of("running", Map.of("startedAt", now)))));
  }

  /// The server's process has ended by itself.
  static Map<String, Object> ended(Pod pod, Container container) {
    return Map.of(
        "conditions",
        conditions("False"),
        "containerStatuses",
        List.of(
            container(
                pod,
                container,
                restarts(pod),
                Map.of(
                    "terminated",
                    Map.of("exitCode", 137, "reason", "Error", "finishedAt", now())))));
  }

  /// The status of a container that has had a process.
  private static Map<String, Object> container(
      Pod pod, Container container, int restarts, Map<String, Object> state) {
    boolean running = state.containsKey("running");
    return Map.of(
        "name",
        container.getName(),
        "image",
        container.getImage(),
        "imageID",
        "docker.io/library/mariadb@sha256:" + sha256(container.getImage()),
        "containerID",
        "sandbox://" + sha256(pod.getMetadata().getUid() + "/" + restarts),
        "ready",
        running,
        "started",
        running,
        "restartCount",
        restarts,
        "state",
        state);
  }

  static Map<String, Object> crashed(Pod pod, Container container, SandboxException cause) {
    return Map.of(
        "phase",
        "Pending",
        "conditions",
        conditions("False"),
        "containerStatuses",
        List.of(
            Map.of(
                "name",
                container.getName(),
                "image",
                container.getImage(),
                "imageID",
                "",
                "ready",
                false,
                "restartCount",
                restarts(pod),
                "state",
                Map.of(
                    "waiting",
                    Map.of(
                        "reason",
                        "CrashLoopBackOff",
                        "message",
                        String.valueOf(cause.getMessage()))))));
  }

  private static List<Map<String, String>> conditions(String ready) {
    return List.of(
        Map.of("type", "PodScheduled", "status", "True", "lastTransitionTime", now()),
        Map.of("type", "Initialized", "status", "True", "lastTransitionTime", now()),
        Map.of("type", "ContainersReady", "status", ready, "lastTransitionTime", now()),
        Map.of("type", "Ready", "status", ready, "lastTransitionTime", now()));
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new SandboxException("Every JDK has SHA-256", e);
    }
  }
}
