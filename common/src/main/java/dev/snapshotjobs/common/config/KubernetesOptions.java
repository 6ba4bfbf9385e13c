package dev.snapshotjobs.common.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where in the cluster the database is.
public final class KubernetesOptions implements Checked {

  private static final Path OWN_NAMESPACE =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

  private final Path ownNamespace;

  @Option(
      names = "--namespace",
      converter = KubernetesNameConverter.class,
      description = "Namespace of the database; in a cluster, by default, the job's own.")
  private @Nullable String namespace;

  public KubernetesOptions() {
    this(OWN_NAMESPACE);
  }

  /// `ownNamespace`: the file in which a pod finds the namespace of its service account.
  public KubernetesOptions(Path ownNamespace) {
    this.ownNamespace = ownNamespace;
  }

  public String namespace() {
    return Optional.ofNullable(namespace)
        .or(this::own)
        .orElseThrow(() -> new IllegalStateException("settings were not checked"));
  }

  @Override
  public void check(Problems problems) {
    if (namespace == null && own().isEmpty()) {
      problems.add(
          "--namespace",
          "is required outside a cluster, but not set",
          new KubernetesNameConverter().allowed());
    }
  }

  private Optional<String> own() {
    try {
      return Optional.of(Files.readString(ownNamespace).strip()).filter(name -> !name.isEmpty());
    } catch (IOException e) {
      // Not in a cluster, or a pod without a token: then the namespace must be given.
      return Optional.empty();
    }
  }
}
