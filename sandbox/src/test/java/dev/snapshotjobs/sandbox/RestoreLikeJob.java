package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;

/// A Job of three containers on a claim with a data directory: `inspect`, then `replay` beside a
/// sidecar `mariadb`.
///
/// @param inspect what inspect does, see [ScriptedStep]
/// @param replay what replay does
/// @param limit the back-off limit
record RestoreLikeJob(String name, String inspect, String replay, String restartPolicy, int limit) {

  static final String NAMESPACE = "shop";
  static final String IMAGE = "mariadb-snapshot-jobs/restore-job:test";

  static RestoreLikeJob named(String name) {
    return new RestoreLikeJob(name, "prepare", "query", "OnFailure", 3);
  }

  RestoreLikeJob withInspect(String script) {
    return new RestoreLikeJob(name, script, replay, restartPolicy, limit);
  }

  RestoreLikeJob withReplay(String script) {
    return new RestoreLikeJob(name, inspect, script, restartPolicy, limit);
  }

  RestoreLikeJob withRestartPolicy(String policy) {
    return new RestoreLikeJob(name, inspect, replay, policy, limit);
  }

  RestoreLikeJob withLimit(int backoffLimit) {
    return new RestoreLikeJob(name, inspect, replay, restartPolicy, backoffLimit);
  }

  PersistentVolumeClaimBuilder claim() {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withNewResources()
        .addToRequests("storage", new Quantity("1Gi"))
        .endResources()
        .endSpec();
  }

  Job job() {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withCompletions(1)
        .withParallelism(1)
        .withBackoffLimit(limit)
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", "restore")
        .endMetadata()
        .withSpec(pod())
        .endTemplate()
        .endSpec()
        .build();
  }

  private PodSpec pod() {
    return new PodSpecBuilder()
        .withRestartPolicy(restartPolicy)
        .withTerminationGracePeriodSeconds(20L)
        .withAutomountServiceAccountToken(false)
        .withInitContainers(
            step("inspect", inspect, new EnvVar("INIT_FILE", "/scratch/init.sql", null)), mariadb())
        .withContainers(
            step(
                "replay",
                replay,
                new EnvVar("DATABASE", "127.0.0.1", null),
                new EnvVarBuilder()
                    .withName("POD_NAME")
                    .withNewValueFrom()
                    .withNewFieldRef("v1", "metadata.name")
                    .endValueFrom()
                    .build()))
        .withVolumes(
            new VolumeBuilder().withName("data").withNewPersistentVolumeClaim(name, false).build(),
            new VolumeBuilder().withName("scratch").withNewEmptyDir().endEmptyDir().build())
        .build();
  }

  private static Container step(String step, String script, EnvVar... more) {
    return new ContainerBuilder()
        .withName(step)
        .withImage(IMAGE)
        .withArgs(step, "/volume/state", "--data=/volume/mysql")
        .addToEnv(new EnvVar("SCRIPT", script, null))
        .addToEnv(more)
        .withVolumeMounts(mount("data", "/volume"), mount("scratch", "/scratch"))
        .build();
  }

  static Container mariadb() {
    return new ContainerBuilder()
        .withName("mariadb")
        .withImage("mariadb:11.4")
        .withRestartPolicy("Always")
        .withCommand("mariadbd")
        .withArgs(
            "--datadir=/var/lib/mysql",
            "--bind-address=127.0.0.1",
            "--init-file=/scratch/init.sql",
            "--innodb-buffer-pool-size=32M",
            "--innodb-log-file-size=16M",
            "--innodb-temp-data-file-path=ibtmp1:2M:autoextend")
        .withVolumeMounts(
            new VolumeMountBuilder(mount("data", "/var/lib/mysql")).withSubPath("mysql").build(),
            mount("scratch", "/scratch"))
        .build();
  }

  private static VolumeMount mount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
  }
}
