package dev.snapshotjobs.restore;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.SELinuxOptionsBuilder;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// As whom the pod of a restore runs: as the source's server did, so that files keep their owners,
/// as far as the Pod Security Standard `restricted` admits it.
final class PodSecurity {
  /// `mysql` in MariaDB's image: what a server becomes there that was started as root.
  private static final long MYSQL = 999;

  private PodSecurity() {}

  static PodSecurityContext pod(SourcePod source) {
    PodSecurityContext pod = source.podSecurity();
    SecurityContext container = source.containerSecurity();
    @Nullable Long user = given(container.getRunAsUser(), pod.getRunAsUser());
    @Nullable Long group = given(container.getRunAsGroup(), pod.getRunAsGroup());
    PodSecurityContextBuilder own =
        new PodSecurityContextBuilder()
            .withRunAsNonRoot(true)
            .withNewSeccompProfile()
            .withType("RuntimeDefault")
            .endSeccompProfile()
            .withSupplementalGroups(pod.getSupplementalGroups())
            .withFsGroup(pod.getFsGroup())
            .withFsGroupChangePolicy("OnRootMismatch");
    if (user == null) {
      own.withRunAsUser(MYSQL)
          .withRunAsGroup(group == null ? (Long) MYSQL : group)
          .withFsGroup(pod.getFsGroup() == null ? (Long) MYSQL : pod.getFsGroup());
    } else {
      own.withRunAsUser(user).withRunAsGroup(group);
    }
    SeccompProfile seccomp = given(container.getSeccompProfile(), pod.getSeccompProfile());
    if (seccomp != null && "Localhost".equals(seccomp.getType())) {
      own.withSeccompProfile(seccomp);
    }
    String level = level(source);
    if (!level.isEmpty()) { // without it SELinux keeps the files from their reader
      own.withSeLinuxOptions(new SELinuxOptionsBuilder().withLevel(level).build());
    }
    return own.build();
  }

  /// Of each container.
  static SecurityContext container() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withRunAsNonRoot(true)
        .withNewCapabilities()
        .addToDrop("ALL")
        .endCapabilities()
        .build();
  }

  /// What the container says counts; root is as if nothing was said.
  private static @Nullable Long given(@Nullable Long container, @Nullable Long pod) {
    @Nullable Long said = container == null ? pod : container;
    return said == null || said == 0 ? null : said;
  }

  private static @Nullable SeccompProfile given(
      @Nullable SeccompProfile container, @Nullable SeccompProfile pod) {
    return container == null ? pod : container;
  }

  private static String level(SourcePod source) {
    return Stream.of(
            source.containerSecurity().getSeLinuxOptions(),
            source.podSecurity().getSeLinuxOptions())
        .filter(options -> options != null && options.getLevel() != null)
        .map(options -> options.getLevel())
        .findFirst()
        .orElse("");
  }
}
