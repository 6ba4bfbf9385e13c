package dev.snapshotjobs.common.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.util.Optional;
import java.util.function.Supplier;

/// A connection to the Kubernetes API, and what can be asked of it.
public final class Cluster implements AutoCloseable {
  /// One request may take this long, and be repeated this often by the client itself: together well
  /// below the time that a lock may be held.
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

  private static final int REPEATS = 3;
  private static final int FIRST_PAUSE_MILLIS = 100;

  private final KubernetesClient client;

  private Cluster(KubernetesClient client) {
    this.client = client;
  }

  /// Connects as the pod's service account, or as a kubeconfig says if its path is given.
  public static Cluster connect(Optional<String> kubeconfig) {
    Config found =
        kubeconfig
            .map(path -> Config.fromKubeconfig(new File(path)))
            .orElseGet(() -> Config.autoConfigure(null));
    Config config =
        new ConfigBuilder(found)
            .withConnectionTimeout(REQUEST_TIMEOUT_MILLIS)
            .withRequestTimeout(REQUEST_TIMEOUT_MILLIS)
            .withRequestRetryBackoffLimit(REPEATS)
            .withRequestRetryBackoffInterval(FIRST_PAUSE_MILLIS)
            .build();
    return new Cluster(new KubernetesClientBuilder().withConfig(config).build());
  }

  public VolumeSnapshots volumeSnapshots(String namespace) {
    return new VolumeSnapshots(client, namespace);
  }

  public Workloads workloads(String namespace) {
    return new Workloads(client, namespace);
  }

  public InstanceLease.Factory leases(String namespace) {
    return new InstanceLease.Factory(client, namespace);
  }

  public EventSink events(String namespace, String component) {
    return new EventSink(client, namespace, component);
  }

  @Override
  public void close() {
    client.close();
  }

  /// Runs one request and says, if it fails, what it was for.
  static <T> T request(String doing, Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      throw new KubernetesFailure(doing, e);
    }
  }
}
