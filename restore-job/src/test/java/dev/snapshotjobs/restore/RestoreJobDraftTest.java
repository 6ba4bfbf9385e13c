package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.restore.RestoreJobDraft.Keys;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The Job of a restore, field by field.
class RestoreJobDraftTest {
  private static PodSpec pod(String sourcePod) {
    return pod(Drafts.job(Drafts.entry(Map.of(SnapshotKeys.SOURCE_POD, sourcePod))));
  }

  private static PodSpec pod(Job job) {
    return job.getSpec().getTemplate().getSpec();
  }

  private static Container container(PodSpec pod, String name) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
        .filter(one -> one.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static VolumeMount mount(Container container, String path) {
    return container.getVolumeMounts().stream()
        .filter(one -> one.getMountPath().equals(path))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void isOneJobThatKubernetesStartsAgainForAWhile() {
    Job job = Drafts.job(Drafts.entry(Map.of()));

    assertThat(job.getMetadata().getName()).isEqualTo("shop-clone-1");
    assertThat(job.getMetadata().getAnnotations())
        .containsEntry(RestoreKeys.CLAIM_UID, "uid-of-claim")
        .containsEntry(RestoreKeys.SNAPSHOT_UID, "uid-of-shop-1")
        .doesNotContainKey(RestoreKeys.PLAN);
    assertThat(job.getSpec().getBackoffLimit()).isEqualTo(3);
    assertThat(job.getSpec().getPodReplacementPolicy()).isEqualTo("Failed");
    assertThat(job.getSpec().getActiveDeadlineSeconds()).isEqualTo(5 * 3600L);
    assertThat(job.getSpec().getTtlSecondsAfterFinished()).isNull();
    assertThat(pod(job).getRestartPolicy()).isEqualTo("OnFailure");
    assertThat(pod(job).getAutomountServiceAccountToken()).isFalse();
    assertThat(pod(job).getEnableServiceLinks()).isFalse();
    assertThat(pod(job).getTerminationGracePeriodSeconds()).isEqualTo(600);
    assertThat(job.getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/name", "restore-job")
        .containsEntry(RestoreKeys.RESTORE, "shop-clone-1");
  }

  @Test
  void inspectsBeforeAServerIsStartedBesideTheReplay() {
    PodSpec pod = pod(Drafts.job(Drafts.entry(Map.of())));

    assertThat(pod.getInitContainers())
        .extracting(Container::getName)
        .containsExactly("inspect", "mariadb");
    assertThat(pod.getInitContainers())
        .extracting(Container::getRestartPolicy)
        .containsExactly(null, "Always");
    assertThat(pod.getContainers()).extracting(Container::getName).containsExactly("replay");
    assertThat(container(pod, "inspect").getArgs())
        .containsExactly(
            "inspect",
            "--clone-of",
            "shop-1",
            "--data-dir",
            "/var/lib/mysql",
            "--scratch",
            "/scratch");
    assertThat(container(pod, "replay").getArgs())
        .containsExactly(
            "replay",
            "--clone-of",
            "shop-1",
            "--data-dir",
            "/var/lib/mysql",
            "--scratch",
            "/scratch",
            "--server-host",
            "127.0.0.1");
    Container server = container(pod, "mariadb");
    assertThat(server.getImage()).isEqualTo("mariadb:11.8");
    assertThat(server.getCommand()).containsExactly("mariadbd");
    assertThat(server.getArgs())
        .startsWith("--no-defaults", "--datadir=/var/lib/mysql")
        .endsWith("--innodb-buffer-pool-size=" + (1L << 30));
    assertThat(server.getResources().getRequests().get("memory")).hasToString("2Gi");
    assertThat(server.getResources().getLimits()).hasToString("{memory=2Gi}");
  }

  @Test
  void givesTheServerTheTimeZoneOfTheSource() {
    assertThat(container(pod("{\"timeZone\":\"Europe/Berlin\"}"), "mariadb").getEnv())
        .containsExactly(new EnvVar("TZ", "Europe/Berlin", null));
    assertThat(container(pod("{}"), "mariadb").getEnv()).isEmpty();
  }

  @Test
  void isAdmittedByPodSecurityRestrictedWhateverTheSourceWas() {
    for (String source :
        List.of(
            "{}",
            "{\"securityContext\":{\"runAsUser\":0,\"sysctls\":[{\"name\":\"a\",\"value\":\"b\"}]},"
                + "\"containerSecurityContext\":{\"privileged\":true,\"seccompProfile\":{\"type\":\"Unconfined\"}}}")) {
      PodSpec pod = pod(source);

      PodSecurityContext security = pod.getSecurityContext();
      assertThat(security.getRunAsNonRoot()).isTrue();
      assertThat(security.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
      assertThat(security.getSysctls()).isEmpty();
      assertThat(security.getRunAsUser()).isEqualTo(999);
      assertThat(security.getRunAsGroup()).isEqualTo(999);
      assertThat(security.getFsGroup()).isEqualTo(999);
      assertThat(security.getFsGroupChangePolicy()).isEqualTo("OnRootMismatch");
      for (String name : List.of("inspect", "mariadb", "replay")) {
        SecurityContext own = container(pod, name).getSecurityContext();
        assertThat(own.getAllowPrivilegeEscalation()).isFalse();
        assertThat(own.getReadOnlyRootFilesystem()).isTrue();
        assertThat(own.getRunAsNonRoot()).isTrue();
        assertThat(own.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(own.getPrivileged()).isNull();
        assertThat(mount(container(pod, name), "/tmp").getReadOnly()).isNull();
      }
    }
  }

  @Test
  void runsWhereAndAsWhomTheSourceDid() {
    PodSpec pod =
        pod(
            """
            {"securityContext":{"runAsUser":1,"runAsGroup":2,"fsGroup":3,"supplementalGroups":[4]},
             "containerSecurityContext":{"runAsUser":1001},
             "nodeSelector":{"disk":"fast"},
             "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":
               {"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"In","values":["a"]}]}]}}},
             "tolerations":[{"key":"db","operator":"Exists"}],
             "mounts":[{"claim":"data-mariadb-0","mountPath":"/bitnami/mariadb","subPath":"db"},
                       {"claim":"data-mariadb-0","mountPath":"/logs","subPath":"logs"},
                       {"claim":"other","mountPath":"/other","subPath":""}]}
            """);

    assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(1001);
    assertThat(pod.getSecurityContext().getRunAsGroup()).isEqualTo(2);
    assertThat(pod.getSecurityContext().getFsGroup()).isEqualTo(3);
    assertThat(pod.getSecurityContext().getSupplementalGroups()).containsExactly(4L);
    assertThat(pod.getNodeSelector()).containsEntry("disk", "fast");
    assertThat(
            pod.getAffinity()
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms())
        .hasSize(1);
    assertThat(pod.getTolerations()).hasSize(1);
    for (String name : List.of("inspect", "mariadb", "replay")) {
      assertThat(mount(container(pod, name), "/bitnami/mariadb").getSubPath()).isEqualTo("db");
      assertThat(mount(container(pod, name), "/logs").getSubPath()).isEqualTo("logs");
      assertThat(container(pod, name).getVolumeMounts())
          .extracting(VolumeMount::getMountPath)
          .doesNotContain("/other");
    }
  }

  @Test
  void reachesTheBucketAsTheOwnPodDoes() {
    Pod own =
        new PodBuilder()
            .withNewMetadata()
            .withName("own")
            .endMetadata()
            .withNewSpec()
            .withServiceAccountName("mariadb-restore-run")
            .addNewImagePullSecret("registry")
            .addNewContainer()
            .withName("mesh")
            .endContainer()
            .addToContainers(
                new ContainerBuilder()
                    .withName("restore-job")
                    .withImage("registry/restore-job:1")
                    .withImagePullPolicy("Never")
                    .withEnv(
                        new EnvVar("S3_BUCKET", "archive", null),
                        new EnvVar("DRY_RUN", "false", null),
                        new EnvVarBuilder()
                            .withName("RESTORE_POD")
                            .withNewValueFrom()
                            .withNewFieldRef("v1", "metadata.name")
                            .endValueFrom()
                            .build())
                    .addNewEnvFrom()
                    .withNewConfigMapRef("settings", false)
                    .endEnvFrom()
                    .withVolumeMounts(
                        new VolumeMountBuilder().withName("tmp").withMountPath("/tmp").build(),
                        new VolumeMountBuilder().withName("ca").withMountPath("/ca").build(),
                        new VolumeMountBuilder()
                            .withName("kube-api-access-x")
                            .withMountPath("/var/run/secrets/kubernetes.io/serviceaccount")
                            .build())
                    .build())
            .addNewVolume()
            .withName("tmp")
            .withNewEmptyDir()
            .endEmptyDir()
            .endVolume()
            .addNewVolume()
            .withName("ca")
            .withNewConfigMap()
            .withName("ca")
            .endConfigMap()
            .endVolume()
            .addNewVolume()
            .withName("kube-api-access-x")
            .endVolume()
            .endSpec()
            .build();
    PodSpec pod =
        pod(
            new RestoreJobDraft(
                    Drafts.clone(Drafts.entry(Map.of())),
                    OwnPod.of(own),
                    "mariadb:11.8",
                    List.of(),
                    Drafts.SETTINGS)
                .job("shop", "uid"));

    assertThat(pod.getServiceAccountName()).isEqualTo("mariadb-restore-run");
    assertThat(pod.getImagePullSecrets()).extracting("name").containsExactly("registry");
    assertThat(pod.getVolumes())
        .extracting(Volume::getName)
        .containsExactlyInAnyOrder("data", "scratch", "server-tmp", "tmp", "ca");
    for (String name : List.of("inspect", "replay")) {
      Container step = container(pod, name);
      assertThat(step.getImage()).isEqualTo("registry/restore-job:1");
      assertThat(step.getImagePullPolicy()).isEqualTo("Never");
      assertThat(step.getEnv())
          .extracting(EnvVar::getName)
          .containsExactly("S3_BUCKET", "INSTANCE", "DEADLINE");
      assertThat(step.getEnvFrom()).hasSize(1).doesNotContain(new EnvFromSource());
      assertThat(step.getVolumeMounts())
          .extracting(VolumeMount::getMountPath)
          .containsExactlyInAnyOrder("/tmp", "/ca", "/var/lib/mysql", "/scratch");
    }
    assertThat(container(pod, "mariadb").getEnv()).isEmpty();
    assertThat(container(pod, "mariadb").getEnvFrom()).isEmpty();
  }

  private static MountedFile secret(String name, String path, String subPath) {
    return new MountedFile(
        new VolumeBuilder().withName(name).withNewSecret().withSecretName(name).endSecret().build(),
        new VolumeMountBuilder()
            .withName(name)
            .withMountPath(path)
            .withSubPath(subPath.isEmpty() ? null : subPath)
            .build());
  }

  private static PodSpec podWith(OwnPod own, Keys... keys) {
    return pod(
        new RestoreJobDraft(
                Drafts.clone(Drafts.entry(Map.of())),
                own,
                "mariadb:11.8",
                List.of(keys),
                Drafts.SETTINGS)
            .job("shop", "uid"));
  }

  private static final OwnPod OWN =
      OwnPod.of(
          Drafts.ownPod(new ContainerBuilder().withName("restore-job").withImage("i").build()));

  @Test
  void hasTheKeysOfEncryptedDataWhereTheSourceHadThem() {
    MountedFile keys = secret("mariadb-keys", "/etc/mysql/keys", "");
    PodSpec pod = podWith(OWN, new Keys.OfSource(keys), new Keys.OfSource(keys));

    VolumeMount mount = mount(container(pod, "mariadb"), "/etc/mysql/keys");
    assertThat(mount.getReadOnly()).isTrue();
    assertThat(container(pod, "mariadb").getVolumeMounts()).containsOnlyOnce(mount);
    assertThat(pod.getVolumes())
        .filteredOn(volume -> volume.getName().equals(mount.getName()))
        .allMatch(volume -> volume.getSecret().getSecretName().equals("mariadb-keys"))
        .hasSize(1);
    assertThat(container(pod, "inspect").getVolumeMounts()).doesNotContain(mount);
  }

  @Test
  void hasKeysAndTheirPasswordFromSeveralMounts() {
    PodSpec apart =
        podWith(
            OWN,
            new Keys.OfSource(secret("keys", "/etc/mysql/keys", "")),
            new Keys.OfSource(secret("password", "/etc/mysql/password", "")));
    PodSpec parts =
        podWith(
            OWN,
            new Keys.OfSource(secret("keys", "/etc/keyfile", "keyfile")),
            new Keys.OfSource(secret("keys", "/etc/password", "password")));

    assertThat(secretAt(apart, "/etc/mysql/keys")).isEqualTo("keys");
    assertThat(secretAt(apart, "/etc/mysql/password")).isEqualTo("password");
    assertThat(secretAt(parts, "/etc/keyfile")).isEqualTo("keys");
    assertThat(secretAt(parts, "/etc/password")).isEqualTo("keys");
    assertThat(parts.getVolumes()).filteredOn(volume -> volume.getSecret() != null).hasSize(1);
  }

  private static String secretAt(PodSpec pod, String path) {
    String volume = mount(container(pod, "mariadb"), path).getName();
    return pod.getVolumes().stream()
        .filter(one -> one.getName().equals(volume))
        .findFirst()
        .orElseThrow()
        .getSecret()
        .getSecretName();
  }

  @Test
  void hasTheKeysThatItsStarterHasMounted() {
    MountedFile keys = secret("given", "/etc/mysql/keys", "");
    OwnPod own =
        OwnPod.of(
            Drafts.ownPod(
                    new ContainerBuilder()
                        .withName("restore-job")
                        .withImage("i")
                        .withVolumeMounts(keys.mount())
                        .build())
                .edit()
                .editSpec()
                .withVolumes(keys.volume())
                .endSpec()
                .build());
    PodSpec pod =
        podWith(own, new Keys.OfOwnPod(own.mountOf("/etc/mysql/keys/keyfile").orElseThrow()));

    assertThat(secretAt(pod, "/etc/mysql/keys")).isEqualTo("given");
    assertThat(mount(container(pod, "mariadb"), "/etc/mysql/keys").getReadOnly()).isTrue();
    assertThat(pod.getVolumes()).filteredOn(volume -> volume.getSecret() != null).hasSize(1);
  }

  @Test
  void hasAClaimThatIsLargeEnough() {
    var claim =
        new ClaimDraft(Drafts.clone(Drafts.entry(Map.of())), "shop", "standard", null)
            .claim("shop-1", 2);

    assertThat(claim.getSpec().getResources().getRequests()).hasToString("{storage=3Gi}");
    assertThat(claim.getSpec().getVolumeMode()).isEqualTo("Filesystem");
    assertThat(claim.getSpec().getAccessModes()).containsExactly("ReadWriteOnce");
    assertThat(claim.getSpec().getDataSource().getApiGroup()).isEqualTo("snapshot.storage.k8s.io");
    assertThat(claim.getMetadata().getLabels())
        .containsEntry(RestoreKeys.RESTORED, RestoreKeys.QUARANTINED);
    assertThat(claim.getMetadata().getAnnotations()).containsEntry(RestoreKeys.ATTEMPT, "2");
  }
}
