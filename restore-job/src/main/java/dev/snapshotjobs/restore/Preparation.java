package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.restore.RestoreJobDraft.Keys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks at all that a restore needs in the cluster, and refuses before anything is touched.
record Preparation(
    RestoreObjects objects, BaseSnapshots snapshots, RestoreSettings settings, Run run) {

  /// All that is made, as it will be.
  ///
  /// @param serving the server that clients can be sent to afterwards, if one is wanted
  record Prepared(
      Restore restore, ClaimDraft claim, RestoreJobDraft job, Optional<ServingDraft> serving) {}

  Prepared prepare(Restore restore) {
    OwnPod own = own();
    ClaimDraft claim =
        new ClaimDraft(restore, objects.namespace(), storageClass(restore), own.controller());
    refuseForeign(restore);
    List<String> keyFiles = keyFiles(restore);
    String recorded = RestoreJobDraft.recordedImage(restore);
    boolean asksSource =
        settings.statefulSet()
            || !keyFiles.isEmpty()
            || ServerImage.needsLive(settings.serverImage(), recorded);
    Optional<SourceSet> source =
        asksSource ? SourceSet.of(restore.base(), objects.statefulSets()) : Optional.empty();
    RestoreJobDraft job =
        new RestoreJobDraft(
            restore,
            own,
            image(recorded, source),
            keyFiles.stream().flatMap(file -> keys(file, restore, own, source).stream()).toList(),
            settings);
    return new Prepared(
        restore,
        claim,
        job,
        settings.statefulSet() ? Optional.of(serving(restore, source)) : Optional.empty());
  }

  private OwnPod own() {
    String name =
        settings
            .ownPod()
            .orElseThrow(() -> ownPodUnknown("RESTORE_POD is not set, so the image is not known"));
    Pod pod =
        objects
            .pod(name)
            .orElseThrow(
                () ->
                    ownPodUnknown(
                        "RESTORE_POD: there is no pod %s in namespace %s"
                            .formatted(name, objects.namespace())));
    OwnPod own = OwnPod.of(pod);
    own.clash(RestoreJobDraft.VOLUMES)
        .ifPresent(
            volume -> {
              throw JobException.misconfigured(
                  RestoreReason.OWN_POD_UNKNOWN,
                  "RESTORE_POD: pod %s has a volume %s, and so has that of a restore"
                      .formatted(name, volume),
                  "call the volume something else");
            });
    return own;
  }

  private static JobException ownPodUnknown(String what) {
    return JobException.misconfigured(
        RestoreReason.OWN_POD_UNKNOWN,
        what,
        "set RESTORE_POD by a fieldRef to metadata.name, as manifests/pitr-now.yaml does");
  }

  /// What an earlier pod of the same Job has begun.
  Optional<String> begun(String instance) {
    return startedBy()
        .flatMap(
            controller ->
                objects.claims(instance).stream()
                    .filter(claim -> controller.equals(annotation(claim, RestoreKeys.STARTED_BY)))
                    .map(claim -> claim.getMetadata().getName())
                    .filter(id -> settings.restoreId().filter(asked -> !asked.equals(id)).isEmpty())
                    .findFirst());
  }

  /// The uid of the Job that has started this pod; empty if none has.
  Optional<String> startedBy() {
    return settings.ownPod().flatMap(objects::pod).map(OwnPod::of).map(OwnPod::controller);
  }

  private static @Nullable String annotation(HasMetadata object, String key) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(key);
  }

  /// A class of another driver would be asked in vain, for as long as somebody waits.
  private @Nullable String storageClass(Restore restore) {
    Optional<String> name = ClaimDraft.storageClass(restore, settings.storageClass());
    if (name.isEmpty()) {
      return null;
    }
    String driver = restore.base().content().driver();
    StorageClass found =
        objects
            .storageClass(name.get())
            .orElseThrow(
                () -> unfit("there is no StorageClass %s in this cluster".formatted(name.get())));
    if (!driver.equals(found.getProvisioner())) {
      throw unfit(
          "StorageClass %s is of %s, and snapshot %s of %s"
              .formatted(
                  name.get(), found.getProvisioner(), restore.base().snapshot().name(), driver));
    }
    return name.get();
  }

  private static JobException unfit(String what) {
    return JobException.refused(
        RestoreReason.STORAGE_CLASS_UNFIT, what, "name one that is: --storage-class");
  }

  private void refuseForeign(Restore restore) {
    requireOwn(restore, objects.claim(restore.id()));
    requireOwn(restore, objects.job(restore.id()));
    snapshots.refuseForeign(restore);
  }

  static void requireOwn(Restore restore, Optional<? extends HasMetadata> found) {
    if (found.isPresent() && !isOwn(restore, found.get())) {
      throw Refusals.foreign(found.get().getKind(), found.get().getMetadata().getName());
    }
  }

  static boolean isOwn(Restore restore, HasMetadata object) {
    return restore.owns(
        Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.of()),
        Objects.requireNonNullElse(object.getMetadata().getAnnotations(), Map.of()));
  }

  private String image(String recorded, Optional<SourceSet> source) {
    ServerImage image =
        ServerImage.choose(
                settings.serverImage(), recorded, source.map(set -> set.database().getImage()))
            .orElseThrow(
                () ->
                    JobException.refused(
                        RestoreReason.NO_SERVER_IMAGE,
                        "the image that the snapshot names (%s) cannot be pulled, and no StatefulSet of its claim is there to say another"
                            .formatted(recorded.isEmpty() ? "none" : recorded),
                        "name one of the same version: --server-image"));
    image.warning().ifPresent(run.report()::warn);
    return image.name();
  }

  /// What the server reads beside its data.
  private List<String> keyFiles(Restore restore) {
    return switch (RestoreJobDraft.server(restore, settings).encryption()) {
      case Encryption.None() -> List.of();
      case Encryption.KeyFile keys -> keys.files();
      case Encryption.OutOfReach(String why, String nextStep) ->
          throw JobException.refused(RestoreReason.NO_ENCRYPTION_KEYS, why, nextStep);
    };
  }

  /// What whoever starts a restore has given it counts: the source may be gone, or have its keys in
  /// a way that no other pod has.
  ///
  /// @return empty if the file is among the data
  private static Optional<Keys> keys(
      String file, Restore restore, OwnPod own, Optional<SourceSet> source) {
    Optional<MountedFile> given = own.mountOf(file);
    if (given.isPresent()) {
      return given.map(Keys.OfOwnPod::new);
    }
    Optional<MountedFile> found = source.flatMap(set -> set.mountOf(file));
    if (found.filter(MountedFile::isForAnyPod).isPresent()) {
      return found.map(Keys.OfSource::new);
    }
    boolean cut =
        source.isPresent()
            ? source.get().isOnClaim(file)
            : SourcePod.of(restore.base()).mounts().stream()
                .anyMatch(mount -> MountedFile.isIn(file, mount.path()));
    if (cut) {
      return Optional.empty();
    }
    String where =
        found
            .map(
                mounted ->
                    "StatefulSet %s has it from %s, which no other pod gets"
                        .formatted(source.orElseThrow().name(), mounted.origin()))
            .or(
                () ->
                    source.map(set -> "StatefulSet %s mounts nothing there".formatted(set.name())))
            .orElse("no StatefulSet of its claim is there to say where it comes from");
    throw JobException.refused(
        RestoreReason.NO_ENCRYPTION_KEYS,
        "the server's data are encrypted, for which it reads %s, and %s".formatted(file, where),
        "mount that file, at that path and as it was when the snapshot was cut, from a Secret in the"
            + " Job that you start (manifests/pitr-now.yaml)");
  }

  private ServingDraft serving(Restore restore, Optional<SourceSet> source) {
    SourceSet set =
        source.orElseThrow(
            () ->
                ServingDraft.noSource(
                    "no StatefulSet has claim %s".formatted(restore.base().claim().name())));
    ServingDraft draft = new ServingDraft(restore, set);
    draft.refuseUnlessPossible(objects.services());
    objects.statefulSet(draft.name()).ifPresent(draft::requireOwn);
    objects.service(draft.name()).ifPresent(draft::requireOwn);
    return draft;
  }
}
