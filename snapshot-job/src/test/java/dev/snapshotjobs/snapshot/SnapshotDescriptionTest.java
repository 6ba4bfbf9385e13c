package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.kube.Workloads;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SnapshotDescriptionTest {
  private static Map<String, String> annotations(Map<String, String> variables) {
    return new SnapshotDescription(
            "shop",
            "run",
            new Workloads.Slot(Examples.SLOT, Workloads.Slot.Origin.SCHEDULE),
            SnapshotMode.NONE,
            List.of(),
            Examples.cluster(),
            Examples.server(variables))
        .draft("shop-1", "data-mariadb-0", "fast")
        .annotations();
  }

  private static JsonNode settings(Map<String, String> variables) {
    return JsonMapper.shared().readTree(annotations(variables).get(SnapshotKeys.SERVER_SETTINGS));
  }

  @Test
  void saysHowDataAreEncryptedAndInWhichFilesTheKeysAre() {
    JsonNode settings =
        settings(
            Map.of(
                SnapshotKeys.ENCRYPTION_PLUGIN,
                "file_key_management",
                "file_key_management_filename",
                "/etc/mysql/keys/keyfile.enc",
                "file_key_management_filekey",
                "FILE:/etc/mysql/keys/password",
                "encrypt_binlog",
                "ON"));

    assertThat(settings.path("encryption_plugin").asString()).isEqualTo("file_key_management");
    assertThat(settings.path("file_key_management_filename").asString())
        .isEqualTo("/etc/mysql/keys/keyfile.enc");
    assertThat(settings.path("file_key_management_filekey").asString())
        .isEqualTo("FILE:/etc/mysql/keys/password");
    assertThat(settings.path("encrypt_binlog").asString()).isEqualTo("ON");
    assertThat(settings(Map.of()).path("file_key_management_filekey").asString()).isEmpty();
  }

  @Test
  void hasNoPassword() {
    Map<String, String> annotations =
        annotations(
            Map.of(
                "file_key_management_filename", "/etc/mysql/keys/keyfile.enc",
                "file_key_management_filekey", "s3cret-of-the-keys"));

    assertThat(annotations.toString()).contains("<secret>").doesNotContain("s3cret-of-the-keys");
  }
}
