package dev.snapshotjobs.common.kube;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.sandbox.Sandbox;
import java.io.ByteArrayInputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WorkloadsTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets them before each test
  private static Sandbox sandbox;

  @SuppressWarnings("NullAway.Init")
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    sandbox = Sandbox.start();
    sandbox.createNamespace("shop");
    cluster = Cluster.connect(Optional.of(sandbox.kubeconfig().toString()));
  }

  @AfterAll
  static void stop() {
    cluster.close();
    sandbox.close();
  }

  private static void create(String yaml) {
    sandbox.client().load(new ByteArrayInputStream(yaml.getBytes(UTF_8))).create();
  }

  @Test
  void knowsHowThePodRanAndNothingThatDoesNotMatter() {
    create(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          namespace: shop
          name: mariadb-0
        spec:
          securityContext:
            runAsUser: 999
            fsGroup: 999
          nodeSelector:
            pool: databases
          tolerations:
            - key: dedicated
              operator: Equal
              value: databases
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions:
                      - key: topology.kubernetes.io/zone
                        operator: In
                        values: [eu-central-1a]
          containers:
            - name: mariadb
              image: mariadb:11.8
              env:
                - name: MARIADB_ROOT_PASSWORD
                  value: secret
                - name: TZ
                  value: Europe/Berlin
              securityContext:
                runAsGroup: 999
              volumeMounts:
                - name: data
                  mountPath: /var/lib/mysql
                  subPath: mysql
                - name: configuration
                  mountPath: /etc/mysql/conf.d
          volumes:
            - name: data
              persistentVolumeClaim:
                claimName: a-claim-that-is-not-there
            - name: configuration
              configMap:
                name: configuration
        """);

    DatabasePod pod =
        cluster.workloads("shop").pods().stream()
            .filter(found -> found.name().equals("mariadb-0"))
            .findFirst()
            .orElseThrow();

    JsonNode placement = JsonMapper.shared().readTree(pod.placement());
    assertThat(placement.propertyNames())
        .containsExactlyInAnyOrder(
            "securityContext",
            "containerSecurityContext",
            "nodeSelector",
            "affinity",
            "mounts",
            "timeZone",
            "tolerations");
    assertThat(placement.path("timeZone").asString()).isEqualTo("Europe/Berlin");
    assertThat(placement.at("/securityContext/runAsUser").asInt()).isEqualTo(999);
    assertThat(placement.at("/containerSecurityContext/runAsGroup").asInt()).isEqualTo(999);
    assertThat(placement.at("/nodeSelector/pool").asString()).isEqualTo("databases");
    assertThat(placement.at("/tolerations/0/key").asString()).isEqualTo("dedicated");
    assertThat(placement.at("/affinity/nodeAffinity").toString()).contains("eu-central-1a");
    assertThat(placement.path("mounts"))
        .hasToString(
            "[{\"claim\":\"a-claim-that-is-not-there\",\"mountPath\":\"/var/lib/mysql\","
                + "\"subPath\":\"mysql\"}]");
    assertThat(pod.placement()).doesNotContain("secret\"").doesNotContain("PASSWORD");
  }

  @Test
  void knowsWhatAVolumeNeedsThatShallTakeTheClaimsPlace() {
    create(
        """
        apiVersion: v1
        kind: PersistentVolume
        metadata:
          name: zonal
        spec:
          accessModes: [ReadWriteOnce]
          capacity:
            storage: 100Gi
          csi:
            driver: ebs.csi.aws.com
            volumeHandle: vol-1
          nodeAffinity:
            required:
              nodeSelectorTerms:
                - matchExpressions:
                    - key: topology.ebs.csi.aws.com/zone
                      operator: In
                      values: [eu-central-1a]
        """);
    create(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          namespace: shop
          name: data-mariadb-0
        spec:
          accessModes: [ReadWriteOnce]
          storageClassName: gp3
          volumeName: zonal
          resources:
            requests:
              storage: 100Gi
        """);
    sandbox
        .client()
        .persistentVolumeClaims()
        .inNamespace("shop")
        .withName("data-mariadb-0")
        .waitUntilCondition(
            claim ->
                claim != null
                    && claim.getStatus() != null
                    && "Bound".equals(claim.getStatus().getPhase()),
            30,
            TimeUnit.SECONDS);

    Volume volume = cluster.workloads("shop").findVolume("data-mariadb-0").orElseThrow();

    assertThat(volume.provision().storageClass()).isEqualTo("gp3");
    assertThat(volume.provision().capacity()).isEqualTo(100L << 30);
    assertThat(
            JsonMapper.shared()
                .readTree(volume.provision().topology())
                .at("/required/nodeSelectorTerms/0/matchExpressions/0/values/0")
                .asString())
        .isEqualTo("eu-central-1a");
  }
}
