package dev.snapshotjobs.manifests;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A job of ours as YAML starts it: by a CronJob, or once.
///
/// @param schedule empty for a Job
/// @param settings the variables that it gets, as far as their values are in the YAML
record Workload(
    String name, Optional<CronJobSpec> schedule, JobSpec job, Map<String, String> settings) {

  static List<Workload> in(ParsedObjects objects) {
    return Stream.concat(
            objects
                .of(CronJob.class)
                .map(
                    cronJob ->
                        new Workload(
                            cronJob.getMetadata().getName(),
                            Optional.of(cronJob.getSpec()),
                            cronJob.getSpec().getJobTemplate().getSpec(),
                            settings(cronJob.getSpec().getJobTemplate().getSpec(), objects))),
            objects
                .of(Job.class)
                .map(
                    job ->
                        new Workload(
                            job.getMetadata().getGenerateName(),
                            Optional.empty(),
                            job.getSpec(),
                            settings(job.getSpec(), objects))))
        .toList();
  }

  private static Map<String, String> settings(JobSpec job, ParsedObjects objects) {
    Map<String, String> settings = new LinkedHashMap<>();
    Container container = job.getTemplate().getSpec().getContainers().getFirst();
    container.getEnvFrom().stream()
        .map(source -> source.getConfigMapRef().getName())
        .forEach(
            name ->
                objects
                    .of(ConfigMap.class)
                    .filter(map -> map.getMetadata().getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no ConfigMap " + name))
                    .getData()
                    .forEach(settings::put));
    for (EnvVar variable : container.getEnv()) {
      if (variable.getValueFrom() == null) {
        settings.put(variable.getName(), variable.getValue());
      }
    }
    return settings;
  }

  PodSpec pod() {
    return job.getTemplate().getSpec();
  }

  Container container() {
    return pod().getContainers().getFirst();
  }
}
