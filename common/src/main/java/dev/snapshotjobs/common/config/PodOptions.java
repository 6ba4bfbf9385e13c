package dev.snapshotjobs.common.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which pod and which claim belong to the instance. What is not given is discovered.
public final class PodOptions {

  @Option(
      names = "--statefulset",
      converter = KubernetesNameConverter.class,
      description = "StatefulSet of the database.")
  private @Nullable String statefulSet;

  @Option(
      names = "--pod-name",
      converter = KubernetesNameConverter.class,
      description = "Pod to work on; by default the one with ordinal 0.")
  private @Nullable String podName;

  @Option(
      names = "--pvc-name",
      converter = KubernetesNameConverter.class,
      description =
          "Claim that holds the data directory; by default the one that the pod mounts there.")
  private @Nullable String pvcName;

  public Optional<String> statefulSet() {
    return Optional.ofNullable(statefulSet);
  }

  public Optional<String> podName() {
    return Optional.ofNullable(podName);
  }

  public Optional<String> pvcName() {
    return Optional.ofNullable(pvcName);
  }
}
