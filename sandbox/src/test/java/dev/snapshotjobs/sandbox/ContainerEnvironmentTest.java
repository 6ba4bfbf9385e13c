package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ContainerEnvironmentTest {

  private static final String NAMESPACE = "shop";

  private final Sandbox sandbox = Sandbox.start();

  @BeforeAll
  void prepare() {
    sandbox.createNamespace(NAMESPACE);
    sandbox.provideImage("printer", JobProcess.Spec.of(PrintingJob.class.getName()));
  }

  @AfterAll
  void close() {
    sandbox.close();
  }

  @Test
  void variablesComeFromConfigMapsSecretsFieldsAndOneAnother() {
    createSettings();
    createSecret();
    start(
        "sources",
        """
        containers:
          - name: print
            image: printer
            args: ["$(CODE)"]
            envFrom:
              - configMapRef: {name: settings}
              - secretRef: {name: absent, optional: true}
            env:
              - {name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}}}
              - {name: WHERE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
              - {name: BOTH, value: "$(WHERE)/$(PASSWORD)/$(OTHER)"}
              - {name: KEY_FILE, value: /keys/the-key}
            volumeMounts: [{name: keys, mountPath: /keys}]
        volumes:
          - name: keys
            secret: {secretName: login, items: [{key: password, path: the-key}]}
        """);

    assertThat(sandbox.awaitJob(NAMESPACE, "sources", Duration.ofSeconds(60)).succeeded()).isTrue();

    String pod = sandbox.podsOfJob(NAMESPACE, "sources").getFirst().getMetadata().getName();
    assertThat(sandbox.container(NAMESPACE, pod, "print").stdout().lines())
        .contains(
            "CODE=0",
            "PASSWORD=geheim",
            "WHERE=shop",
            "BOTH=shop/geheim/$(OTHER)",
            "KUBECONFIG=" + sandbox.kubeconfig())
        .anyMatch(line -> line.matches("KEY_FILE=.+/keys/the-key"));
  }

  @Test
  void unknownImageAndAbsentSecretAreSaidInTheStatus() {
    start("unknown", "containers: [{name: print, image: nobodys}]");
    start(
        "secretless",
        """
        containers:
          - {name: print, image: printer, args: ["0"], envFrom: [{secretRef: {name: none}}]}
        """);

    assertThat(awaitReason("unknown", "ErrImagePull")).contains("nobodys");
    assertThat(awaitReason("secretless", "CreateContainerConfigError")).contains("none");
  }

  private String awaitReason(String job, String reason) {
    Pod pod = sandbox.awaitPodOfJob(NAMESPACE, job);
    return sandbox
        .client()
        .resource(pod)
        .waitUntilCondition(now -> now != null && reason.equals(waiting(now)), 30, TimeUnit.SECONDS)
        .getStatus()
        .getContainerStatuses()
        .getFirst()
        .getState()
        .getWaiting()
        .getMessage();
  }

  private static String waiting(Pod pod) {
    return pod.getStatus() == null
        ? ""
        : pod.getStatus().getContainerStatuses().stream()
            .map(ContainerStatus::getState)
            .filter(state -> state.getWaiting() != null)
            .map(state -> state.getWaiting().getReason())
            .findFirst()
            .orElse("");
  }

  private void createSettings() {
    sandbox
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName("settings")
                .endMetadata()
                .addToData("CODE", "0")
                .build())
        .create();
  }

  private void createSecret() {
    sandbox
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName("login")
                .endMetadata()
                .addToData("password", "Z2VoZWlt")
                .build())
        .create();
  }

  private void start(String name, String pod) {
    sandbox
        .client()
        .resource(
            new JobBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withSpec(
                    Serialization.unmarshal(pod, io.fabric8.kubernetes.api.model.PodSpec.class))
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }
}
