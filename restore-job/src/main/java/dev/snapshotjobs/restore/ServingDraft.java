package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A StatefulSet of one server on the restored volume, like the source's in all but its name, its
/// labels and its volume, and a headless Service beside it. Pure.
record ServingDraft(Restore restore, SourceSet source) {
  private static final int PORT = 3306;

  String name() {
    return source.name() + "-restored";
  }

  /// What no Service of the source asks for: nothing of the source's own labels is among them.
  Map<String, String> podLabels() {
    return Map.of(
        "app.kubernetes.io/name",
        "mariadb-restored",
        SnapshotKeys.INSTANCE,
        restore.base().instance(),
        RestoreKeys.RESTORE,
        restore.id());
  }

  /// Refuses what the source has and the restore has not, and what would bring clients.
  void refuseUnlessPossible(List<Service> services) {
    if (!source.otherTemplates().isEmpty()) {
      throw noSource(
          "StatefulSet %s has claims of %s too, of which there are no data"
              .formatted(source.name(), String.join(", ", source.otherTemplates())));
    }
    for (Service service : services) {
      Map<String, String> selector = service.getSpec().getSelector();
      boolean own = service.getMetadata().getName().equals(name());
      if (!own
          && selector != null
          && !selector.isEmpty()
          && podLabels().entrySet().containsAll(selector.entrySet())) {
        throw JobException.refused(
            RestoreReason.SELECTED_BY_SERVICE,
            "Service %s selects %s, and would send clients to the restored server"
                .formatted(service.getMetadata().getName(), selector),
            "narrow its selector, or leave --stateful-set out");
      }
    }
  }

  /// Its name is the source's and not the restore's, so that two restores may want it.
  void requireOwn(HasMetadata found) {
    if (!Preparation.isOwn(restore, found)) {
      throw JobException.refused(
          RestoreReason.NAME_TAKEN,
          "%s %s is there and is not of this restore"
              .formatted(found.getKind(), found.getMetadata().getName()),
          "delete it if nobody needs it, or leave --stateful-set out");
    }
  }

  static JobException noSource(String what) {
    return JobException.refused(
        RestoreReason.NO_SOURCE,
        what,
        "leave --stateful-set out, and mount the restored claim in a StatefulSet of your own");
  }

  StatefulSet statefulSet(String namespace) {
    List<Volume> volumes = new ArrayList<>(source.pod().getVolumes());
    volumes.add(
        new VolumeBuilder()
            .withName(source.template())
            .withNewPersistentVolumeClaim(restore.id(), false)
            .build());
    return new StatefulSetBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name())
        .withLabels(labels())
        .withAnnotations(restore.annotations())
        .endMetadata()
        .withNewSpecLike(source.set().getSpec())
        .withReplicas(1)
        .withServiceName(name())
        .withNewSelector()
        .withMatchLabels(podLabels())
        .endSelector()
        .withVolumeClaimTemplates(List.of())
        .withPersistentVolumeClaimRetentionPolicy(null)
        .editTemplate()
        .editMetadata()
        .withLabels(podLabels())
        .endMetadata()
        .editSpec()
        .withVolumes(volumes)
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  Service service(String namespace) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name())
        .withLabels(labels())
        .withAnnotations(restore.annotations())
        .endMetadata()
        .withNewSpec()
        .withClusterIP("None")
        .withSelector(podLabels())
        .withPorts(port())
        .endSpec()
        .build();
  }

  private static ServicePort port() {
    ServicePort port = new ServicePort();
    port.setName("mariadb");
    port.setPort(PORT);
    return port;
  }

  /// The pod's NetworkPolicy is not that of the restore's own Job, which lets nobody in.
  private Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>(restore.labels());
    labels.put("app.kubernetes.io/name", "mariadb-restored");
    return labels;
  }
}
