package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.ByteSize;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The Job that works on the copy: `inspect` looks at it, `mariadb` serves it to its own pod alone,
/// `replay` brings it to its end. Pure.
///
/// @param image of the server
/// @param keys where the files are by which encrypted data are read; none for others
record RestoreJobDraft(
    Restore restore, OwnPod own, String image, List<Keys> keys, RestoreSettings settings) {
  RestoreJobDraft {
    keys = List.copyOf(keys);
  }

  static final String INSPECT = "inspect";
  static final String SERVER = "mariadb";
  static final String REPLAY = "replay";

  /// Of the pod itself, and of no other.
  private static final String SERVER_HOST = "127.0.0.1";

  private static final String SCRATCH = "/scratch";
  private static final String DATA_VOLUME = "data";
  private static final String SCRATCH_VOLUME = "scratch";
  private static final String TMP_VOLUME = "server-tmp";
  private static final String KEYS_VOLUME = "server-keys-";

  /// Names that no volume of the own pod may have.
  static final Set<String> VOLUMES =
      Set.of(DATA_VOLUME, SCRATCH_VOLUME, TMP_VOLUME, KEYS_VOLUME + 1, KEYS_VOLUME + 2);

  /// A clean shutdown writes all that is in the buffer pool.
  private static final long GRACE_SECONDS = 600;

  /// A container that dies is started again; what it does is what it did before.
  private static final int RESTARTS = 3;

  private static final String SERVER_CPU = "250m";

  /// Files that the server needs beside its data.
  sealed interface Keys {
    MountedFile file();

    /// As the source's pods have it.
    record OfSource(MountedFile file) implements Keys {}

    /// As the pod of this run has it.
    record OfOwnPod(MountedFile file) implements Keys {}
  }

  /// @param claimUid of the claim that it works on: one made again under its name is another copy
  Job job(String namespace, String claimUid) {
    Map<String, String> annotations = restore.annotations();
    annotations.put(RestoreKeys.CLAIM_UID, claimUid);
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(restore.id())
        .withLabels(restore.labels())
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withCompletions(1)
        .withParallelism(1)
        .withBackoffLimit(RESTARTS)
        .withActiveDeadlineSeconds(settings.limits().attempt().toSeconds())
        .withPodReplacementPolicy("Failed") // never two servers on one volume
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(restore.labels())
        .endMetadata()
        .withSpec(pod())
        .endTemplate()
        .endSpec()
        .build();
  }

  private PodSpec pod() {
    SourcePod source = SourcePod.of(restore.base());
    return new PodSpecBuilder()
        .withRestartPolicy("OnFailure")
        .withServiceAccountName(own.serviceAccount())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(GRACE_SECONDS)
        .withImagePullSecrets(own.pullSecrets())
        .withSecurityContext(PodSecurity.pod(source))
        .withNodeSelector(source.nodeSelector())
        .withAffinity(source.affinity())
        .withTolerations(source.tolerations())
        .withInitContainers(ours(INSPECT, source), server(source))
        .withContainers(ours(REPLAY, source))
        .withVolumes(volumes())
        .build();
  }

  private Container ours(String command, SourcePod source) {
    List<String> arguments = restore.arguments(command);
    arguments.addAll(List.of("--data-dir", server().dataDir().toString(), "--scratch", SCRATCH));
    if (command.equals(REPLAY)) {
      arguments.addAll(List.of("--server-host", SERVER_HOST));
    }
    if (command.equals(INSPECT) && settings.acceptRecoveredPosition()) {
      arguments.add("--accept-recovered-position");
    }
    List<VolumeMount> mounts = new ArrayList<>(own.container().getVolumeMounts());
    mounts.addAll(dataMounts(source));
    mounts.add(mount(SCRATCH_VOLUME, SCRATCH));
    if (!own.mounts("/tmp")) {
      mounts.add(mount(TMP_VOLUME, "/tmp"));
    }
    List<EnvVar> variables = new ArrayList<>(own.container().getEnv());
    variables.add(new EnvVar("INSTANCE", restore.base().instance(), null));
    variables.add(new EnvVar("DEADLINE", settings.limits().attempt().toSeconds() + "s", null));
    return new ContainerBuilder()
        .withName(command)
        .withImage(own.container().getImage())
        .withImagePullPolicy(own.container().getImagePullPolicy())
        .withArgs(arguments)
        .withEnvFrom(own.container().getEnvFrom())
        .withEnv(variables)
        .withResources(own.container().getResources())
        .withSecurityContext(PodSecurity.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(mounts)
        .build();
  }

  static ServerArguments server(Restore restore, RestoreSettings settings) {
    return ServerArguments.of(restore.base(), Path.of(SCRATCH), settings.keyPassword());
  }

  private ServerArguments server() {
    return server(restore, settings);
  }

  private Container server(SourcePod source) {
    List<String> arguments = new ArrayList<>(server().list());
    ByteSize memory = settings.sizes().serverMemory();
    arguments.add("--innodb-buffer-pool-size=" + memory.bytes() / 2);
    List<VolumeMount> mounts = dataMounts(source);
    mounts.add(mount(SCRATCH_VOLUME, SCRATCH));
    mounts.add(mount(TMP_VOLUME, "/tmp"));
    keyMounts().forEach(mounts::add);
    return new ContainerBuilder()
        .withName(SERVER)
        .withImage(image)
        .withRestartPolicy("Always") // which makes it a sidecar: started before, stopped after
        .withCommand("mariadbd")
        .withArgs(arguments)
        .withEnv(
            source.timeZone().isEmpty()
                ? List.of()
                : List.of(new EnvVar("TZ", source.timeZone(), null)))
        .withNewResources()
        .addToRequests("cpu", new Quantity(SERVER_CPU))
        .addToRequests("memory", new Quantity(memory.toString()))
        .addToLimits("memory", new Quantity(memory.toString()))
        .endResources()
        .withSecurityContext(PodSecurity.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(mounts)
        .build();
  }

  /// Where the source had them. Several files may be in one mount, or in several of one volume.
  private Stream<VolumeMount> keyMounts() {
    List<Volume> ofSource = keyVolumes();
    return keys.stream()
        .map(
            key ->
                switch (key) {
                  case Keys.OfOwnPod(MountedFile file) -> file.mount();
                  case Keys.OfSource(MountedFile file) ->
                      new VolumeMountBuilder(file.mount())
                          .withName(KEYS_VOLUME + (ofSource.indexOf(file.volume()) + 1))
                          .build();
                })
        .map(mount -> new VolumeMountBuilder(mount).withReadOnly(true).build())
        .distinct();
  }

  /// Those of the source that they are in.
  private List<Volume> keyVolumes() {
    return keys.stream()
        .flatMap(
            key ->
                key instanceof Keys.OfSource(MountedFile file)
                    ? Stream.of(file.volume())
                    : Stream.of())
        .distinct()
        .toList();
  }

  /// At the paths that the source had, so that those in its settings and in its files stay right.
  private static List<VolumeMount> dataMounts(SourcePod source) {
    List<VolumeMount> mounts = new ArrayList<>();
    for (SourcePod.Mount mount : source.mounts()) {
      mounts.add(
          new VolumeMountBuilder()
              .withName(DATA_VOLUME)
              .withMountPath(mount.path())
              .withSubPath(mount.subPath().isEmpty() ? null : mount.subPath())
              .build());
    }
    return mounts;
  }

  private static VolumeMount mount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
  }

  private List<Volume> volumes() {
    List<Volume> volumes = new ArrayList<>();
    volumes.add(
        new VolumeBuilder()
            .withName(DATA_VOLUME)
            .withNewPersistentVolumeClaim(restore.id(), false)
            .build());
    volumes.add(emptyDir(SCRATCH_VOLUME, settings.sizes().scratch()));
    volumes.add(emptyDir(TMP_VOLUME, settings.sizes().scratch()));
    List<Volume> ofSource = keyVolumes();
    for (Volume volume : ofSource) {
      volumes.add(
          new VolumeBuilder(volume).withName(KEYS_VOLUME + (ofSource.indexOf(volume) + 1)).build());
    }
    volumes.addAll(own.volumes());
    return volumes;
  }

  private static Volume emptyDir(String name, ByteSize limit) {
    return new VolumeBuilder()
        .withName(name)
        .withNewEmptyDir()
        .withSizeLimit(new Quantity(limit.toString()))
        .endEmptyDir()
        .build();
  }

  /// What the snapshot says of the image that wrote its data; empty if nothing.
  static String recordedImage(Restore restore) {
    return restore.base().annotations().getOrDefault(SnapshotKeys.SERVER_IMAGE, "");
  }
}
