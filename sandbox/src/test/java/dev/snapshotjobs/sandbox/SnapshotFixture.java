package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.SnapshotApi.CONTENT;
import static dev.snapshotjobs.sandbox.SnapshotApi.SNAPSHOT;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// VolumeSnapshots of one claim, as a client of the sandbox sees them.
record SnapshotFixture(Sandbox sandbox, DatabasePod database) {

  void createClass(String name, Map<String, String> parameters) {
    sandbox.client().resource(DefaultObjects.snapshotClass(name, parameters)).create();
  }

  void create(String name, String snapshotClass) {
    Map<String, Object> spec =
        Map.of(
            "volumeSnapshotClassName",
            snapshotClass,
            "source",
            Map.of("persistentVolumeClaimName", database.claim()));
    sandbox
        .client()
        .resource(
            new GenericKubernetesResourceBuilder()
                .withApiVersion(SnapshotApi.API_VERSION)
                .withKind("VolumeSnapshot")
                .withNewMetadata()
                .withNamespace(database.namespace())
                .withName(name)
                .endMetadata()
                .addToAdditionalProperties("spec", spec)
                .build())
        .create();
  }

  static boolean isCut(GenericKubernetesResource snapshot) {
    return Cluster.text(snapshot, "status", "creationTime").isPresent();
  }

  static boolean isReady(GenericKubernetesResource snapshot) {
    return Cluster.isTrue(snapshot, "status", "readyToUse");
  }

  GenericKubernetesResource await(String name, Predicate<GenericKubernetesResource> condition) {
    return cluster()
        .at(SNAPSHOT, key(name))
        .waitUntilCondition(found -> found != null && condition.test(found), 30, TimeUnit.SECONDS);
  }

  GenericKubernetesResource awaitContent(
      GenericKubernetesResource snapshot, Predicate<GenericKubernetesResource> condition) {
    return cluster()
        .at(CONTENT, contentKey(snapshot))
        .waitUntilCondition(found -> found != null && condition.test(found), 30, TimeUnit.SECONDS);
  }

  GenericKubernetesResource content(GenericKubernetesResource snapshot) {
    return cluster().find(CONTENT, contentKey(snapshot)).orElseThrow();
  }

  void delete(String name) {
    cluster().at(SNAPSHOT, key(name)).delete();
  }

  void awaitGone(String name) {
    Sandbox.awaitGone(cluster().at(SNAPSHOT, key(name)), Duration.ofSeconds(30));
  }

  private Cluster cluster() {
    return new Cluster(sandbox.client());
  }

  private ObjectKey key(String name) {
    return new ObjectKey(database.namespace(), name);
  }

  private static ObjectKey contentKey(GenericKubernetesResource snapshot) {
    return new ObjectKey("", SnapshotController.contentName(snapshot));
  }
}
