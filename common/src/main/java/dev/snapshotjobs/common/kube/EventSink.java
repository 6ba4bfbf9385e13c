package dev.snapshotjobs.common.kube;

import static dev.snapshotjobs.common.kube.Cluster.request;

import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.report.ObjectRef;
import dev.snapshotjobs.common.report.Outcome;
import dev.snapshotjobs.common.report.OutcomeSink;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Tells the outcome as a Kubernetes Event on the object that it is about, where `kubectl describe`
/// shows it.
public final class EventSink implements OutcomeSink {
  private static final int LONGEST_NOTE = 1024; // the API refuses longer ones

  private final KubernetesClient client;
  private final String namespace;
  private final String component;

  EventSink(KubernetesClient client, String namespace, String component) {
    this.client = client;
    this.namespace = namespace;
    this.component = component;
  }

  @Override
  public String name() {
    return "kubernetes-event";
  }

  @Override
  public void deliver(Outcome outcome) {
    Optional<ObjectRef> about = subject(outcome);
    if (about.isEmpty()) {
      return;
    }
    ObjectRef subject = about.get();
    String time = outcome.endedAt().truncatedTo(ChronoUnit.SECONDS).toString();
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withGenerateName(subject.name() + ".")
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion(apiVersionOf(subject.kind()))
            .withKind(subject.kind())
            .withNamespace(subject.namespace())
            .withName(subject.name())
            .withUid(subject.uid())
            .endInvolvedObject()
            .withType(outcome.exit() == ExitCode.DONE.code() ? "Normal" : "Warning")
            .withReason(camelCase(outcome.reason()))
            .withMessage(shortened(outcome.message() + nextStep(outcome)))
            .withNewSource()
            .withComponent(component)
            .endSource()
            .withFirstTimestamp(time)
            .withLastTimestamp(time)
            .withCount(1)
            .build();
    request(
        "writing an Event on " + subject.kind() + " " + subject.name(),
        () -> client.v1().events().inNamespace(namespace).resource(event).create());
  }

  /// The VolumeSnapshot if there is one, else the StatefulSet.
  private static Optional<ObjectRef> subject(Outcome outcome) {
    return outcome.objects().stream()
        .filter(object -> object.kind().equals("VolumeSnapshot"))
        .findFirst()
        .or(
            () ->
                outcome.objects().stream()
                    .filter(object -> object.kind().equals("StatefulSet"))
                    .findFirst());
  }

  private static String apiVersionOf(String kind) {
    return kind.equals("VolumeSnapshot") ? VolumeSnapshots.GROUP + "/v1" : "apps/v1";
  }

  private static String nextStep(Outcome outcome) {
    return outcome.nextStep().isEmpty() ? "" : " Next: " + outcome.nextStep();
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_NOTE ? text : text.substring(0, LONGEST_NOTE - 1) + "…";
  }

  private static String camelCase(String code) {
    StringBuilder name = new StringBuilder();
    for (String word : code.split("-", -1)) {
      name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    return name.toString();
  }
}
