package dev.snapshotjobs.common.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// A connection to the Kubernetes API, and what can be asked of it.
public final class Cluster implements AutoCloseable {
  /// One try may take this long, and is repeated this often by the client itself.
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

  private static final int REPEATS = 3;
  private static final int FIRST_PAUSE_MILLIS = 100;

  private final KubernetesClient client;

  /// Sends each request once: for what is done while a lock is held, where a repetition would only
  /// make others wait.
  private final KubernetesClient once;

  private Cluster(KubernetesClient client, KubernetesClient once) {
    this.client = client;
    this.once = once;
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
    Config withoutRepeats = new ConfigBuilder(config).withRequestRetryBackoffLimit(0).build();
    return new Cluster(
        new KubernetesClientBuilder().withConfig(config).build(),
        new KubernetesClientBuilder().withConfig(withoutRepeats).build());
  }

  public VolumeSnapshots volumeSnapshots(String namespace) {
    return new VolumeSnapshots(client, once, namespace);
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

  /// For requests that one job alone has: runs one, and says, if it fails, what it was for.
  public <T> T ask(String doing, Function<KubernetesClient, T> request) {
    return request(doing, () -> request.apply(client));
  }

  @Override
  public void close() {
    once.close();
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
