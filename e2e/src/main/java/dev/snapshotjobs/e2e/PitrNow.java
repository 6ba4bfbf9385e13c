package dev.snapshotjobs.e2e;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The one-shot Job `manifests/pitr-now.yaml`, and the server that it starts when it is asked to.
record PitrNow(KindCluster cluster) {
  private static final Path MANIFEST = Path.of("..", "manifests", "pitr-now.yaml");

  /// As it is shipped, with the bucket of the install page.
  JobRun start(String name, String... args) throws IOException {
    return start(name, _ -> {}, args);
  }

  /// The same, changed before it is created.
  JobRun start(String name, Consumer<PodSpec> change, String... args) throws IOException {
    Job job =
        cluster
            .client()
            .getKubernetesSerialization()
            .unmarshal(Files.readString(MANIFEST), Job.class);
    job.getMetadata().setGenerateName(null);
    job.getMetadata().setName(name);
    var container = job.getSpec().getTemplate().getSpec().getContainers().getFirst();
    container.setImagePullPolicy("Never");
    container.setArgs(List.of(args));
    container.getEnv().removeIf(variable -> variable.getName().equals("AWS_REGION"));
    container.getEnv().stream()
        .filter(variable -> variable.getName().equals("S3_BUCKET"))
        .forEach(variable -> variable.setValue("archive"));
    Map.of(
            "S3_ENDPOINT", "http://versitygw:7070",
            "S3_PATH_STYLE", "true",
            "SERVER_MEMORY", "512Mi",
            "SCRATCH_SIZE", "1Gi",
            "BATCH_SIZE", "4Mi")
        .forEach((variable, value) -> container.getEnv().add(new EnvVar(variable, value, null)));
    change.accept(job.getSpec().getTemplate().getSpec());
    cluster.client().resource(job).inNamespace(Shop.NAMESPACE).create();
    return new JobRun(cluster, name);
  }

  /// What the restored server answers.
  ///
  /// @param sql without quotes, since it goes through two shells
  String ask(String sql) {
    return cluster
        .bash(
            "kubectl exec -n shop mariadb-restored-0 -- sh -c 'exec mariadb -uroot"
                + " -p\"$MARIADB_ROOT_PASSWORD\" -N -e \""
                + sql
                + "\"'")
        .strip();
  }
}
