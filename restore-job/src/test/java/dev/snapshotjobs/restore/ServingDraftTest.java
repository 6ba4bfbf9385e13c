package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.JobException;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServingDraftTest {
  private static StatefulSet set(String name, String... templates) {
    return new StatefulSetBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(3)
        .withServiceName(name)
        .withNewSelector()
        .addToMatchLabels("app", "mariadb")
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", "mariadb")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("mariadb")
        .withImage("mariadb:11.8")
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/var/lib/mysql")
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("keys")
        .withMountPath("/etc/mysql/keys/")
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("conf")
        .withMountPath("/etc/mysql")
        .endVolumeMount()
        .endContainer()
        .addNewVolume()
        .withName("keys")
        .withNewSecret()
        .withSecretName("mariadb-keys")
        .endSecret()
        .endVolume()
        .addNewVolume()
        .withName("conf")
        .withNewHostPath("/etc", "")
        .endVolume()
        .endSpec()
        .endTemplate()
        .withVolumeClaimTemplates(Stream.of(templates).map(ServingDraftTest::template).toList())
        .endSpec()
        .build();
  }

  private static PersistentVolumeClaim template(String name) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .build();
  }

  private static SourceSet source(StatefulSet... sets) {
    return SourceSet.of(Drafts.entry(Map.of()), List.of(sets)).orElseThrow();
  }

  @Test
  void theSourceIsTheSetWhoseClaimWasCut() {
    SourceSet source = source(set("mariadb-0-mariadb", "data"), set("mariadb", "logs", "data"));

    assertThat(source.name()).isEqualTo("mariadb");
    assertThat(source.template()).isEqualTo("data");
    assertThat(source.otherTemplates()).containsExactly("logs");
    assertThat(SourceSet.of(Drafts.entry(Map.of()), List.of(set("mariadb-0", "data")))).isEmpty();
  }

  @Test
  void filesOfTheSourceAreFoundByTheirMounts() {
    SourceSet source = source(set("mariadb", "data"));

    assertThat(source.mountOf("/etc/mysql/keys/keyfile").orElseThrow().volume().getSecret())
        .isNotNull();
    assertThat(source.mountOf("/etc/mysql/keyfile"))
        .hasValueSatisfying(
            found -> {
              assertThat(found.isForAnyPod()).isFalse();
              assertThat(found.origin()).isEqualTo("the disk of its node");
            });
    assertThat(source.mountOf("/var/lib/mysql/keyfile")).as("on the volume").isEmpty();
    assertThat(source.isOnClaim("/var/lib/mysql/keyfile")).isTrue();
    assertThat(source.isOnClaim("/etc/keyfile")).isFalse();
    assertThat(source.mountOf("/etc/keyfile")).as("in the image").isEmpty();
  }

  @Test
  void isTheSourceInAllButNameLabelsAndVolume() {
    ServingDraft draft =
        new ServingDraft(Drafts.clone(Drafts.entry(Map.of())), source(set("mariadb", "data")));
    StatefulSet made = draft.statefulSet("shop");

    assertThat(made.getMetadata().getName()).isEqualTo("mariadb-restored");
    assertThat(made.getSpec().getReplicas()).isEqualTo(1);
    assertThat(made.getSpec().getServiceName()).isEqualTo("mariadb-restored");
    assertThat(made.getSpec().getSelector().getMatchLabels())
        .isEqualTo(made.getSpec().getTemplate().getMetadata().getLabels())
        .doesNotContainKey("app");
    assertThat(made.getSpec().getVolumeClaimTemplates()).isEmpty();
    assertThat(made.getSpec().getTemplate().getSpec().getVolumes())
        .filteredOn(volume -> volume.getName().equals("data"))
        .allMatch(volume -> volume.getPersistentVolumeClaim().getClaimName().equals("shop-clone-1"))
        .hasSize(1);
    assertThat(draft.service("shop").getSpec().getSelector())
        .isEqualTo(made.getSpec().getSelector().getMatchLabels());
  }

  @Test
  void refusesAnotherClaimByItsName() {
    ServingDraft draft =
        new ServingDraft(
            Drafts.clone(Drafts.entry(Map.of())), source(set("mariadb", "data", "logs")));

    assertThat(catchThrowable(() -> draft.refuseUnlessPossible(List.of())))
        .isInstanceOfSatisfying(
            JobException.class, end -> assertThat(end.exit()).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining("claims of logs");
  }
}
