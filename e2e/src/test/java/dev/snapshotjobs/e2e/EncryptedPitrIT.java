package dev.snapshotjobs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.BinlogFormatException;
import dev.snapshotjobs.common.binlog.BinlogFormatException.Fault;
import dev.snapshotjobs.common.binlog.BinlogParser;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// A dropped table comes back from a server that encrypts all that it writes: plugin and keys by a
/// file of settings, the keys in a file with a password, both from Secrets.
@ExtendWith(InKind.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EncryptedPitrIT {
  private static final String SOURCE = "mariadb-0";
  private static final String RESTORED = "mariadb-restored-0";

  /// In every row, to be looked for in the files.
  private static final String MARK = "in-clear-words";

  /// Without quotes, since it goes through two shells.
  private static final String ROWS =
      "SELECT CONCAT_WS(0x20, (SELECT COUNT(*) FROM shop.orders), (SELECT SUM(CRC32(article)) FROM"
          + " shop.orders), (SELECT COUNT(*) FROM shop.late), (SELECT COUNT(*) FROM shop.aria), (SELECT COUNT(*) FROM shop.stock))";

  private static final String IN_CLEAR =
      "SELECT COUNT(*) FROM information_schema.INNODB_TABLESPACES_ENCRYPTION WHERE"
          + " LEFT(NAME, 5) = 0x73686F702F AND MIN_KEY_VERSION = 0";

  private KindCluster cluster;
  private Shop shop;
  private PitrNow pitr;
  private String rows;
  private String dropped;

  @BeforeAll
  void dropATable(KindCluster cluster) throws Exception {
    this.cluster = cluster;
    this.pitr = new PitrNow(cluster);
    this.shop = Shop.install(cluster);
    shop.encrypt();
    shop.execute(
        "CREATE DATABASE shop",
        "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, article VARCHAR(200))",
        write("shop.orders"),
        // Whoever opened it in the restore's pod would write into the copy itself.
        "INSTALL SONAME 'ha_federatedx'",
        "CREATE USER remote IDENTIFIED BY 'remote'",
        "GRANT ALL ON shop.* TO remote",
        "CREATE TABLE shop.stock (article VARCHAR(200))",
        "CREATE TABLE shop.remote (article VARCHAR(200)) ENGINE=FEDERATED"
            + " CONNECTION='mysql://remote:remote@127.0.0.1:3306/shop/stock'");
    JobRun.start(cluster, "mariadb-snapshot", "encrypted", 0, Map.of()).complete();
    shop.archive();
    new JobRun(cluster, "first-archive").complete();
    shop.execute(
        write("shop.orders"),
        "CREATE TABLE shop.late (article VARCHAR(200)) ENCRYPTED=YES ENCRYPTION_KEY_ID=2",
        "CREATE TABLE shop.aria (article VARCHAR(200)) ENGINE=Aria",
        write("shop.late"),
        write("shop.aria"),
        write("shop.remote"),
        "FLUSH BINARY LOGS",
        write("shop.orders"));
    rows = shop.ask(ROWS);
    shop.execute("DROP TABLE shop.orders");
    dropped = shop.ask("SELECT @@gtid_binlog_pos");
    JobRun.start(cluster, "mariadb-binlog-archiver", "after-the-drop", 0, Map.of()).complete();
    shop.makeAccount(
        "restores", "bucket-policy-aws-restore-run.json", "mariadb-restore-run-bucket");
  }

  private static String write(String table) {
    return "INSERT INTO %s (article) SELECT CONCAT('%s ', UUID()) FROM shop.seq_1_to_2000"
        .formatted(table, MARK);
  }

  /// What the others rest on.
  @Test
  @Order(1)
  void theSourceHasNothingInClear() throws Exception {
    List<String> logs = logs(SOURCE);
    assertThat(logs).hasSizeGreaterThan(2);
    requireEncrypted(SOURCE, logs.getLast());
    requireEncrypted(SOURCE, logs.get(logs.size() - 2));
    assertThat(filesInClear(SOURCE)).isEmpty();
    assertThat(shop.ask(IN_CLEAR)).isEqualTo("0");
  }

  @Test
  @Order(2)
  void bringsTheTableBackAndLeavesNothingInClear() throws Exception {
    JobRun run =
        pitr.start(
            "back",
            "pitr",
            "--before-gtid",
            dropped,
            "--restore-id",
            "back-1",
            "--stateful-set",
            "--output",
            "json");

    JsonNode outcome = run.complete();
    assertThat(outcome.get("reason").asString()).isEqualTo("restored");
    assertThat(outcome.get("warnings").toString()).contains("left out").contains("shop.remote");
    assertThat(cluster.kubectl("logs", "-n", Shop.NAMESPACE, "job/back-1", "-c", "inspect"))
        .contains("is encrypted: the server itself reads it");
    assertThat(pitr.ask(ROWS)).isEqualTo(rows);
    assertThat(pitr.ask("SELECT @@gtid_binlog_pos")).endsWith("000000000");
    assertThat(pitr.ask(IN_CLEAR)).isEqualTo("0");
    assertThat(filesInClear(RESTORED)).isEmpty();
    // The first of them is of the restore's own server.
    for (String log : logs(RESTORED)) {
      requireEncrypted(RESTORED, log);
    }
  }

  /// No Secret has to be read for what the snapshot records.
  @Test
  @Order(3)
  void recordsWhereTheKeysAreAndNothingOfThem() {
    JsonNode entry =
        shop.snapshots().stream()
            .map(snapshot -> shop.catalogueEntry(snapshot.getMetadata().getName()))
            .filter(found -> found.toString().contains("keyfile.enc"))
            .findFirst()
            .orElseThrow();

    assertThat(entry.path("annotations").path("mariadb-snapshot-jobs/server-settings").asString())
        .contains("\"encryption_plugin\":\"file_key_management\"");
    assertThat(entry.toString())
        .contains("FILE:/etc/mysql/encryption-password/keyfile.key")
        .doesNotContain(shop.secret("mariadb-keys-password", "keyfile.key"));
  }

  /// As somebody does whose source has its keys from where no other pod gets them.
  @Test
  @Order(4)
  void takesWhatTheJobHasMounted() throws Exception {
    JobRun run =
        pitr.start(
            "given",
            EncryptedPitrIT::mountThePassword,
            "pitr",
            "--before-gtid",
            dropped,
            "--restore-id",
            "given-1",
            "--key-password-file",
            "/given/keyfile.key",
            "--output",
            "json");

    assertThat(run.complete().get("reason").asString()).isEqualTo("restored");
    assertThat(cluster.kubectl("get", "job", "-n", Shop.NAMESPACE, "given-1", "-o", "yaml"))
        .contains("--file-key-management-filekey=FILE:/given/keyfile.key");
  }

  private static void mountThePassword(PodSpec pod) {
    pod.getContainers()
        .getFirst()
        .getVolumeMounts()
        .add(new VolumeMountBuilder().withName("given").withMountPath("/given").build());
    pod.getVolumes()
        .add(
            new VolumeBuilder()
                .withName("given")
                .withNewSecret()
                .withSecretName("mariadb-keys-password")
                .endSecret()
                .build());
  }

  private List<String> logs(String pod) {
    return cluster
        .kubectl("exec", "-n", Shop.NAMESPACE, pod, "--", "cat", "/var/lib/mysql/mysql-bin.index")
        .lines()
        .map(line -> line.substring(line.lastIndexOf('/') + 1))
        .toList();
  }

  private void requireEncrypted(String pod, String log) {
    byte[] file =
        Base64.getDecoder()
            .decode(
                cluster
                    .kubectl(
                        "exec",
                        "-n",
                        Shop.NAMESPACE,
                        pod,
                        "--",
                        "base64",
                        "-w0",
                        "/var/lib/mysql/" + log)
                    .strip());
    assertThatThrownBy(() -> BinlogParser.fromStart(0, _ -> {}).accept(file, 0, file.length))
        .as(pod + ", " + log)
        .isInstanceOfSatisfying(
            BinlogFormatException.class,
            wrong -> assertThat(wrong.fault()).isEqualTo(Fault.ENCRYPTED));
  }

  /// Those in the data directory that have a row as it was written. Not Aria's log, which MariaDB
  /// does not encrypt.
  private List<String> filesInClear(String pod) {
    return cluster
        .kubectl(
            "exec",
            "-n",
            Shop.NAMESPACE,
            pod,
            "--",
            "sh",
            "-c",
            "grep -rl --exclude=aria_log.* %s /var/lib/mysql || [ $? = 1 ]".formatted(MARK))
        .lines()
        .toList();
  }
}
