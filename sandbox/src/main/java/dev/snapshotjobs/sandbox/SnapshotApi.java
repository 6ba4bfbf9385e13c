package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import java.util.List;

/// The names of `snapshot.storage.k8s.io/v1`: kinds, finalizers, annotations.
final class SnapshotApi {

  static final String GROUP = "snapshot.storage.k8s.io";
  static final String VERSION = "v1";
  static final String API_VERSION = GROUP + "/" + VERSION;

  static final CustomResourceDefinitionContext SNAPSHOT =
      kind("VolumeSnapshot", "volumesnapshots", "Namespaced", true);
  static final CustomResourceDefinitionContext CONTENT =
      kind("VolumeSnapshotContent", "volumesnapshotcontents", "Cluster", true);
  static final CustomResourceDefinitionContext CLASS =
      kind("VolumeSnapshotClass", "volumesnapshotclasses", "Cluster", false);
  static final List<CustomResourceDefinitionContext> KINDS = List.of(SNAPSHOT, CONTENT, CLASS);

  static final String SNAPSHOT_SOURCE_FINALIZER = GROUP + "/volumesnapshot-as-source-protection";
  static final String SNAPSHOT_BOUND_FINALIZER = GROUP + "/volumesnapshot-bound-protection";
  static final String CONTENT_FINALIZER = GROUP + "/volumesnapshotcontent-bound-protection";
  static final String CLAIM_FINALIZER = GROUP + "/pvc-as-source-protection";

  static final String BEING_CREATED = "snapshot.storage.kubernetes.io/volumesnapshot-being-created";
  static final String BEING_DELETED = "snapshot.storage.kubernetes.io/volumesnapshot-being-deleted";
  static final String DEFAULT_CLASS = "snapshot.storage.kubernetes.io/is-default-class";

  private SnapshotApi() {}

  private static CustomResourceDefinitionContext kind(
      String kind, String plural, String scope, boolean status) {
    return new CustomResourceDefinitionContext.Builder()
        .withGroup(GROUP)
        .withVersion(VERSION)
        .withKind(kind)
        .withPlural(plural)
        .withName(plural + "." + GROUP)
        .withScope(scope)
        .withStatusSubresource(status)
        .build();
  }
}
