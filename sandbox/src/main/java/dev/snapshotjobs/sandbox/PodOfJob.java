package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/// One Pod of a Job.
final class PodOfJob {

  /// Those that Kubernetes makes names of: no vowels, so no words.
  private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private static final int SUFFIX = 5;

  private PodOfJob() {}

  static Optional<OwnerReference> owner(Pod pod) {
    return pod.getMetadata().getOwnerReferences().stream()
        .filter(reference -> reference.getKind().equals("Job"))
        .findFirst();
  }

  /// Of any Job of this name, also one that was there before.
  static boolean isOf(String job, Pod pod) {
    return owner(pod).filter(owner -> owner.getName().equals(job)).isPresent();
  }

  static Pod build(Job job) {
    PodTemplateSpec template = job.getSpec().getTemplate();
    String name = job.getMetadata().getName();
    String uid = job.getMetadata().getUid();
    Map<String, String> labels = new HashMap<>();
    Map<String, String> annotations = new HashMap<>();
    if (template.getMetadata() != null) {
      labels.putAll(
          Objects.requireNonNullElse(template.getMetadata().getLabels(), Map.<String, String>of()));
      annotations.putAll(
          Objects.requireNonNullElse(
              template.getMetadata().getAnnotations(), Map.<String, String>of()));
    }
    labels.put("batch.kubernetes.io/job-name", name);
    labels.put("batch.kubernetes.io/controller-uid", uid);
    labels.put("job-name", name);
    labels.put("controller-uid", uid);
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(job.getMetadata().getNamespace())
        .withName(name + "-" + suffix())
        .withGenerateName(name + "-")
        .withLabels(labels)
        .withAnnotations(annotations)
        .addNewOwnerReference()
        .withApiVersion("batch/v1")
        .withKind("Job")
        .withName(name)
        .withUid(uid)
        .withController(true)
        .withBlockOwnerDeletion(true)
        .endOwnerReference()
        .endMetadata()
        .withSpec(template.getSpec())
        .editSpec()
        .withNodeName("sandbox")
        .endSpec()
        .build();
  }

  private static String suffix() {
    return ThreadLocalRandom.current()
        .ints(SUFFIX, 0, LETTERS.length())
        .mapToObj(at -> LETTERS.substring(at, at + 1))
        .collect(Collectors.joining());
  }
}
