package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Map;

/// A MariaDB StatefulSet with its headless Service, as somebody would write it by hand.
///
/// @param args options of mariadbd; paths below `/var/lib/mysql` are on the volume
public record MariaDbDeployment(
    String namespace,
    String name,
    int replicas,
    String claimTemplate,
    Map<String, String> labels,
    List<String> args) {

  /// Where the image keeps its data, and where the template mounts the claim.
  public static final String MOUNT_PATH = "/var/lib/mysql";

  private static final String IMAGE = "mariadb:11.4";

  public MariaDbDeployment {
    labels = Map.copyOf(labels);
    args = List.copyOf(args);
  }

  /// One replica named `mariadb` in namespace `shop`, with a binary log.
  public static MariaDbDeployment standard() {
    return new MariaDbDeployment(
        "shop",
        "mariadb",
        1,
        "data",
        Map.of("app", "mariadb"),
        List.of("--log-bin=mysql-bin", "--server-id=1"));
  }

  public MariaDbDeployment withNamespace(String other) {
    return new MariaDbDeployment(other, name, replicas, claimTemplate, labels, args);
  }

  public MariaDbDeployment withName(String other) {
    return new MariaDbDeployment(namespace, other, replicas, claimTemplate, labels, args);
  }

  public MariaDbDeployment withReplicas(int count) {
    return new MariaDbDeployment(namespace, name, count, claimTemplate, labels, args);
  }

  public MariaDbDeployment withLabels(Map<String, String> others) {
    return new MariaDbDeployment(namespace, name, replicas, claimTemplate, others, args);
  }

  public MariaDbDeployment withArgs(String... others) {
    return new MariaDbDeployment(namespace, name, replicas, claimTemplate, labels, List.of(others));
  }

  String claimOf(String pod) {
    return claimTemplate + "-" + pod;
  }

  Service service() {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withClusterIP("None")
        .withSelector(labels)
        .addNewPort()
        .withName("mariadb")
        .withPort(Host.MARIADB_PORT)
        .endPort()
        .endSpec()
        .build();
  }

  StatefulSet statefulSet() {
    return new StatefulSetBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withServiceName(name)
        .withReplicas(replicas)
        .withNewSelector()
        .withMatchLabels(labels)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("mariadb")
        .withImage(IMAGE)
        .withArgs(args)
        .addNewPort()
        .withName("mariadb")
        .withContainerPort(Host.MARIADB_PORT)
        .endPort()
        .withVolumeMounts(
            new VolumeMountBuilder().withName(claimTemplate).withMountPath(MOUNT_PATH).build())
        .endContainer()
        .endSpec()
        .endTemplate()
        .withVolumeClaimTemplates(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(claimTemplate)
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .addToRequests("storage", new Quantity("1Gi"))
                .endResources()
                .endSpec()
                .build())
        .endSpec()
        .build();
  }
}
