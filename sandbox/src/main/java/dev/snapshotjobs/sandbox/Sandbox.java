package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A small Kubernetes with MariaDB on this machine: one API server, the controllers that the jobs
/// rely on, and real mariadbd processes on folders that act as volumes.
public final class Sandbox implements AutoCloseable {

  private static final int READY_SECONDS = 120;
  private static final Duration READY_DEADLINE = Duration.ofSeconds(READY_SECONDS);

  private final Path folder;
  private final Host host;
  private final Watchdog watchdog;
  private final ApiServer api;
  private final KubernetesClient client;
  private final Volumes volumes;
  private final ContainerLauncher launcher;
  private final JobRuns jobs;
  private final Kubelet kubelet;
  private final Controllers controllers;
  private final List<MariaDbServer> restored = new ArrayList<>();

  private Sandbox(Path folder) throws IOException {
    this.folder = folder;
    host = Host.probe();
    host.requireReachable(folder);
    watchdog = new Watchdog(folder);
    api = new ApiServer();
    client = connect(ApiServer.CLIENT);
    volumes = new Volumes(folder);
    Path runDirs = openFolder(folder.resolve("run"));
    MariaDbServer.Site site =
        new MariaDbServer.Site(host, MariaDbBinaries.locate(host), runDirs, watchdog);
    KubernetesClient inside = connect(ApiServer.CONTROLLERS);
    launcher = new ContainerLauncher(inside, site, kubeconfig());
    JobPods jobPods =
        new JobPods(launcher, new PodVolumes(inside, volumes), openFolder(folder.resolve("pods")));
    jobs = new JobRuns(client, jobPods);
    kubelet = new Kubelet(new Cluster(inside), volumes, site, jobPods);
    controllers = new Controllers(inside, volumes, kubelet);
    controllers.start();
    DefaultObjects.create(client);
    Files.writeString(folder.resolve("kubeconfig"), Kubeconfig.of(api.url()));
  }

  /// Starts a sandbox in a folder of its own.
  public static Sandbox start() {
    return orFail(() -> openFolder(Files.createTempDirectory("sandbox-")));
  }

  /// Starts a sandbox in an empty folder, which is deleted in the end.
  public static Sandbox start(Path folder) {
    return orFail(() -> openFolder(folder));
  }

  private interface FolderSource {
    Path open() throws IOException;
  }

  private static Sandbox orFail(FolderSource source) {
    try {
      return new Sandbox(source.open().toRealPath());
    } catch (IOException e) {
      throw new SandboxException("Cannot prepare the sandbox's folder", e);
    }
  }

  private static Path openFolder(Path folder) throws IOException {
    Files.createDirectories(folder);
    return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private KubernetesClient connect(String userAgent) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(api.url())
            .withUserAgent(userAgent)
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /// False where `@@hostname` is this machine's and not the Pod's: no UTS namespaces for this user.
  public boolean hostnamesAreReal() {
    return host.ownHostnames();
  }

  public String kubernetesUrl() {
    return api.url();
  }

  /// A file for `KUBECONFIG`; its context names no namespace.
  public Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  /// A client for tests, which gives up at once instead of trying again.
  public KubernetesClient client() {
    return client;
  }

  /// Waits until an object is gone. In turns, because a watch of this API is not told of what went
  /// between the listing that it begins with and its own beginning; a real API would tell it.
  public static void awaitGone(Resource<?> resource, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      try {
        resource.waitUntilCondition(Objects::isNull, 1, TimeUnit.SECONDS);
        return;
      } catch (KubernetesClientTimeoutException e) {
        if (System.nanoTime() >= deadline) {
          throw e;
        }
      }
    }
  }

  public Faults faults() {
    return api.faults();
  }

  /// The cluster's snapshot-controller: without it a VolumeSnapshot keeps an empty status.
  public ClusterPart snapshotController() {
    return controllers.snapshotController();
  }

  /// The driver's csi-snapshotter: without it a content gets no handle.
  public ClusterPart snapshotter() {
    return controllers.snapshotter();
  }

  /// Takes the snapshot CRDs away or brings them back. The objects stay, and so do the watches on
  /// them, unlike those of a CRD that was deleted; the controllers notice nothing.
  public void serve(SnapshotCrds crds) {
    api.serve(crds);
  }

  /// All requests so far, the oldest first; those of the controllers are left out.
  public List<ApiRequest> requests() {
    return api.requests().stream()
        .filter(request -> !request.userAgent().equals(ApiServer.CONTROLLERS))
        .toList();
  }

  /// The pauses that snapshots have cost so far.
  public List<SnapshotPause> pauses() {
    return volumes.pauses();
  }

  /// The folder behind a PersistentVolume.
  public Path volumeFolder(String persistentVolume) {
    return volumes.folder(persistentVolume);
  }

  public void createNamespace(String name) {
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  /// Applies the deployment and waits until each Pod is Ready.
  public List<DatabasePod> deployMariaDb(MariaDbDeployment deployment) {
    if (client.namespaces().withName(deployment.namespace()).get() == null) {
      createNamespace(deployment.namespace());
    }
    client.resource(deployment.service()).create();
    client.resource(deployment.statefulSet()).create();
    List<DatabasePod> pods = new ArrayList<>();
    for (int ordinal = 0; ordinal < deployment.replicas(); ordinal++) {
      String name = deployment.name() + "-" + ordinal;
      pods.add(awaitPod(deployment.namespace(), name, deployment.claimOf(name)));
    }
    return List.copyOf(pods);
  }

  /// Waits for a Pod, for instance after a scale-up or a deletion: it has a new address then.
  public DatabasePod awaitPod(String namespace, String name, String claim) {
    var resource = client.pods().inNamespace(namespace).withName(name);
    waitFor(
        () ->
            resource.waitUntilCondition(
                pod -> pod != null && !pod.isMarkedForDeletion() && PodStatus.isReady(pod),
                READY_SECONDS,
                TimeUnit.SECONDS),
        () -> "Pod " + namespace + "/" + name + " is not Ready: " + describe(resource.get()));
    MariaDbServer server =
        kubelet
            .server(new ObjectKey(namespace, name))
            .orElseThrow(() -> new SandboxException("Pod " + name + " is going away"));
    return new DatabasePod(namespace, name, claim, server);
  }

  /// Kills the server of a Pod, and waits until its container has been restarted.
  public DatabasePod restart(DatabasePod pod) {
    pod.server().kill();
    return awaitRestart(pod);
  }

  /// Waits until another server than the Pod's last known one runs in the Pod, at the same address
  /// and on the same data, and the Pod is Ready again.
  public DatabasePod awaitRestart(DatabasePod last) {
    ObjectKey key = new ObjectKey(last.namespace(), last.name());
    var resource = client.pods().inNamespace(last.namespace()).withName(last.name());
    waitFor(
        () ->
            resource.waitUntilCondition(
                pod -> kubelet.server(key).filter(now -> now != last.server()).isPresent(),
                READY_SECONDS,
                TimeUnit.SECONDS),
        () ->
            "The server of Pod " + last.name() + " was not restarted: " + describe(resource.get()));
    return awaitPod(last.namespace(), last.name(), last.claim());
  }

  private static String describe(Pod pod) {
    return pod == null ? "it does not exist" : String.valueOf(pod.getStatus());
  }

  private static <T> T waitFor(Supplier<T> action, Supplier<String> complaint) {
    try {
      return action.get();
    } catch (io.fabric8.kubernetes.client.KubernetesClientTimeoutException e) {
      throw new SandboxException(complaint.get(), e);
    }
  }

  /// Makes a claim from a ready snapshot and starts a server on it that no Pod stands for.
  public MariaDbServer restoreServer(String namespace, String snapshot, String... extraArgs) {
    String name = "restored-" + snapshot;
    client.resource(DefaultObjects.claimFromSnapshot(namespace, name, snapshot)).create();
    PersistentVolumeClaim claim =
        waitFor(
            () ->
                client
                    .persistentVolumeClaims()
                    .inNamespace(namespace)
                    .withName(name)
                    .waitUntilCondition(
                        found -> found != null && VolumeProvisioner.isBound(found),
                        READY_SECONDS,
                        TimeUnit.SECONDS),
            () -> "The claim from snapshot " + snapshot + " was not bound: is it ready?");
    MariaDbServer server =
        kubelet.start(name, claim.getSpec().getVolumeName(), "", List.of(extraArgs));
    synchronized (restored) {
      restored.add(server);
    }
    return server;
  }

  /// Says what the containers of an image run in Pods of Jobs, before there is one; their own args
  /// and variables are added. Containers with the command `mariadbd` need none.
  public void provideImage(String image, JobProcess.Spec program) {
    launcher.provide(image, program);
  }

  /// Waits until a Job is complete or has failed.
  public JobEnd awaitJob(String namespace, String name, Duration atMost) {
    return jobs.await(new ObjectKey(namespace, name), atMost);
  }

  /// The Pods that a Job has now.
  public List<Pod> podsOfJob(String namespace, String job) {
    return jobs.pods(new ObjectKey(namespace, job));
  }

  /// Waits until a Job has a Pod that has not ended and is not about to go.
  public Pod awaitPodOfJob(String namespace, String job) {
    return jobs.awaitPod(new ObjectKey(namespace, job), READY_DEADLINE);
  }

  /// The processes of a container in a Job's Pod so far, the oldest first; also when the Pod is
  /// gone.
  public List<JobProcess> attempts(String namespace, String pod, String container) {
    return jobs.running().attempts(new ObjectKey(namespace, pod), container);
  }

  /// The last of them, running or not.
  public JobProcess container(String namespace, String pod, String container) {
    List<JobProcess> attempts = attempts(namespace, pod, container);
    if (attempts.isEmpty()) {
      throw new SandboxException("Container " + container + " of " + pod + " was not started yet");
    }
    return attempts.getLast();
  }

  /// Waits until a container was started so often, and returns that process.
  ///
  /// @param number from 1
  public JobProcess awaitAttempt(String namespace, String pod, String container, int number) {
    return jobs.awaitAttempt(new ObjectKey(namespace, pod), container, number, READY_DEADLINE);
  }

  /// Starts a job's main class in a JVM of its own, with this sandbox as its cluster.
  public JobProcess startJob(JobProcess.Spec spec) {
    return orFailProcess(spec);
  }

  private JobProcess orFailProcess(JobProcess.Spec spec) {
    try {
      Path runDir = openFolder(Files.createTempDirectory(folder, "job-"));
      return JobProcess.start(spec, kubeconfig(), runDir, watchdog);
    } catch (IOException e) {
      throw new SandboxException("Cannot start " + spec.mainClass(), e);
    }
  }

  /// Ends every process, without a goodbye to the databases, and deletes the folder. Throws what
  /// the actions of hooks have thrown.
  @Override
  public void close() {
    controllers.close();
    client.close();
    api.close();
    watchdog.close();
    api.throwFailures();
  }
}
