package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.kube.DatabasePod;
import dev.snapshotjobs.common.kube.Volume;
import dev.snapshotjobs.common.kube.VolumeSnapshotClass;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.kube.Workloads;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.report.ObjectRef;
import dev.snapshotjobs.common.report.Report;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Collects the facts of a run; changes nothing.
final class Gathering {
  /// Even a server with very many tables has told about them by then.
  private static final Duration READ_TIMEOUT = Duration.ofMinutes(2);

  private final SnapshotSettings settings;
  private final Workloads workloads;
  private final VolumeSnapshots snapshots;
  private final Report report;

  Gathering(SnapshotSettings settings, Cluster cluster, String namespace, Report report) {
    this.settings = settings;
    this.workloads = cluster.workloads(namespace);
    this.snapshots = cluster.volumeSnapshots(namespace);
    this.report = report;
  }

  /// What was gathered, as far as it went.
  sealed interface Gathered {
    List<Finding> findings();

    /// Everything is known that a plan needs.
    record Complete(
        ClusterFacts cluster,
        ServerFacts server,
        MariaDbConnector connector,
        List<Finding> findings)
        implements Gathered {}

    /// There is no database to ask.
    record WithoutDatabase(List<Finding> findings) implements Gathered {}
  }

  Gathered gather() throws SQLException {
    PodChoice choice = PodChoice.among(workloads.pods(), settings.pod());
    if (choice instanceof PodChoice.Chosen(DatabasePod pod) && pod.owner() != null) {
      report.object(
          new ObjectRef("StatefulSet", pod.namespace(), pod.owner().name(), pod.owner().uid()));
    }
    return switch (choice) {
      case PodChoice.Unclear(Finding finding) -> new Gathered.WithoutDatabase(List.of(finding));
      case PodChoice.Chosen(DatabasePod pod) when !pod.ready() || pod.address().isEmpty() ->
          new Gathered.WithoutDatabase(
              List.of(
                  new Finding(
                      PreflightRule.POD_NOT_READY,
                      "pod " + pod.name() + " is not ready",
                      "kubectl describe pod " + pod.name() + " -n " + pod.namespace())));
      case PodChoice.Chosen(DatabasePod pod) -> of(pod, pod.address().orElseThrow());
    };
  }

  private Gathered of(DatabasePod pod, String address) throws SQLException {
    MariaDbConnector connector = settings.database().connectorTo(address);
    ServerFacts server = inspect(connector, settings);
    Optional<Volume> volume =
        pod.mountOf(server.dataDirectory())
            .flatMap(mount -> Optional.ofNullable(mount.claimName()))
            .flatMap(workloads::findVolume);
    boolean served = snapshots.isServed();
    ClusterFacts cluster =
        new ClusterFacts(pod, volume, served, served ? snapshots.classes() : List.of());
    List<Finding> findings =
        new ArrayList<>(
            Preflight.findings(
                cluster,
                server,
                new Preflight.Expectation(
                    settings.database().host().map(host -> lookUp(host, pod)),
                    settings.pod().claimName(),
                    settings.storage(),
                    settings.demands())));
    return new Gathered.Complete(cluster, server, connector, findings);
  }

  static ServerFacts inspect(MariaDbConnector connector, SnapshotSettings settings)
      throws SQLException {
    try (Connection connection = connector.open(READ_TIMEOUT)) {
      return new ServerInspection(connection).facts(settings.limits().lock().lockWait());
    }
  }

  /// A name that cannot be resolved leads nowhere; the connection that failed has said so by then.
  private static Preflight.HostLookup lookUp(String host, DatabasePod pod) {
    try {
      Set<InetAddress> own = new HashSet<>();
      for (String address : pod.addresses()) {
        own.add(InetAddress.getByName(address));
      }
      return new Preflight.HostLookup(
          host,
          Arrays.stream(InetAddress.getAllByName(host))
              .filter(address -> !own.contains(address))
              .map(InetAddress::getHostAddress)
              .toList());
    } catch (UnknownHostException e) {
      return new Preflight.HostLookup(host, List.of("no address"));
    }
  }

  /// The driver that the findings have let pass.
  static String driver(ClusterFacts cluster) {
    return cluster
        .volume()
        .map(Volume::driver)
        .orElseThrow(() -> new IllegalStateException("no CSI"));
  }

  /// The class that the findings have let pass.
  static String snapshotClass(ClusterFacts cluster, SnapshotSettings settings) {
    return switch (ClassChoice.among(
        cluster.classes(), settings.storage().snapshotClass(), driver(cluster))) {
      case ClassChoice.Chosen(VolumeSnapshotClass chosen) -> chosen.name();
      case ClassChoice.Unclear(Finding finding) ->
          throw new IllegalStateException(finding.toString());
    };
  }
}
