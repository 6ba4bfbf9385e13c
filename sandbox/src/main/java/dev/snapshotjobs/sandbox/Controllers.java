package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// All controllers, and which events wake which of them.
final class Controllers implements AutoCloseable {

  private static final int SYNC_SECONDS = 30;

  private final KubernetesClient client;
  private final ReconcileLoop sets;
  private final ReconcileLoop jobs;
  private final ReconcileLoop pods;
  private final ReconcileLoop claims;
  private final ReconcileLoop snapshots;
  private final ReconcileLoop contents;
  private final SharedIndexInformer<StatefulSet> setInformer;
  private final SharedIndexInformer<Job> jobInformer;
  private final SharedIndexInformer<Pod> podInformer;
  private final SharedIndexInformer<PersistentVolumeClaim> claimInformer;
  private final SharedIndexInformer<GenericKubernetesResource> snapshotInformer;
  private final SharedIndexInformer<GenericKubernetesResource> contentInformer;

  Controllers(KubernetesClient client, Volumes volumes, Kubelet kubelet) {
    this.client = client;
    Cluster cluster = new Cluster(client);
    sets = new ReconcileLoop("StatefulSet", new StatefulSetController(cluster, volumes));
    jobs = new ReconcileLoop("Job", new JobController(cluster));
    pods = new ReconcileLoop("Pod", kubelet);
    kubelet.setOnEnd(pods::enqueue);
    claims = new ReconcileLoop("PersistentVolumeClaim", new VolumeProvisioner(cluster, volumes));
    snapshots = new ReconcileLoop("VolumeSnapshot", new SnapshotController(cluster));
    contents = new ReconcileLoop("VolumeSnapshotContent", new SnapshotSidecar(cluster, volumes));
    setInformer = client.apps().statefulSets().inAnyNamespace().runnableInformer(0);
    jobInformer = client.batch().v1().jobs().inAnyNamespace().runnableInformer(0);
    podInformer = client.pods().inAnyNamespace().runnableInformer(0);
    claimInformer = client.persistentVolumeClaims().inAnyNamespace().runnableInformer(0);
    snapshotInformer =
        client
            .genericKubernetesResources(SnapshotApi.SNAPSHOT)
            .inAnyNamespace()
            .runnableInformer(0);
    contentInformer = client.genericKubernetesResources(SnapshotApi.CONTENT).runnableInformer(0);
  }

  void start() {
    setInformer.addEventHandler(handler(set -> sets.enqueue(Cluster.keyOf(set))));
    jobInformer.addEventHandler(handler(job -> jobs.enqueue(Cluster.keyOf(job))));
    podInformer.addEventHandler(handler(this::onPod));
    claimInformer.addEventHandler(handler(this::onClaim));
    snapshotInformer.addEventHandler(handler(this::onSnapshot));
    contentInformer.addEventHandler(handler(this::onContent));
    CompletableFuture<?>[] started =
        informers().stream()
            .map(informer -> informer.start().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(started).get(SYNC_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("Interrupted while starting the controllers", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new SandboxException("The controllers cannot watch the API", e);
    }
  }

  private List<SharedIndexInformer<?>> informers() {
    return List.of(
        setInformer, jobInformer, podInformer, claimInformer, snapshotInformer, contentInformer);
  }

  ClusterPart snapshotController() {
    return new ClusterPart(snapshots, () -> keys(snapshotInformer));
  }

  ClusterPart snapshotter() {
    return new ClusterPart(contents, () -> keys(contentInformer));
  }

  private static <T extends HasMetadata> List<ObjectKey> keys(SharedIndexInformer<T> informer) {
    return informer.getStore().list().stream().map(Cluster::keyOf).toList();
  }

  private void onPod(Pod pod) {
    pods.enqueue(Cluster.keyOf(pod));
    String namespace = pod.getMetadata().getNamespace();
    StatefulSetController.owner(pod).ifPresent(set -> sets.enqueue(new ObjectKey(namespace, set)));
    PodOfJob.owner(pod).ifPresent(job -> jobs.enqueue(new ObjectKey(namespace, job.getName())));
    VolumeProvisioner.claims(pod).forEach(claim -> claims.enqueue(new ObjectKey(namespace, claim)));
  }

  private void onClaim(PersistentVolumeClaim claim) {
    claims.enqueue(Cluster.keyOf(claim));
    enqueueNamespace(claim, podInformer, pods);
    enqueueNamespace(claim, setInformer, sets);
    enqueueNamespace(claim, snapshotInformer, snapshots); // may have waited for the claim
  }

  private void onSnapshot(GenericKubernetesResource snapshot) {
    snapshots.enqueue(Cluster.keyOf(snapshot));
    contents.enqueue(new ObjectKey("", SnapshotController.contentName(snapshot)));
    enqueueNamespace(snapshot, claimInformer, claims);
  }

  private void onContent(GenericKubernetesResource content) {
    contents.enqueue(Cluster.keyOf(content));
    Cluster.text(content, "spec", "volumeSnapshotRef", "name")
        .map(
            name ->
                new ObjectKey(
                    Cluster.text(content, "spec", "volumeSnapshotRef", "namespace").orElse(""),
                    name))
        .ifPresent(snapshots::enqueue);
  }

  private static <T extends HasMetadata> void enqueueNamespace(
      HasMetadata cause, SharedIndexInformer<T> informer, ReconcileLoop loop) {
    keys(informer).stream()
        .filter(key -> Objects.equals(key.namespace(), Cluster.keyOf(cause).namespace()))
        .forEach(loop::enqueue);
  }

  private static <T> ResourceEventHandler<T> handler(Consumer<T> action) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T added) {
        action.accept(added);
      }

      @Override
      public void onUpdate(T before, T after) {
        action.accept(after);
      }

      @Override
      public void onDelete(T gone, boolean stateIsUnknown) {
        action.accept(gone);
      }
    };
  }

  @Override
  public void close() {
    informers().forEach(SharedIndexInformer::stop);
    List.of(sets, jobs, pods, claims, snapshots, contents).forEach(ReconcileLoop::close);
    client.close();
  }
}
