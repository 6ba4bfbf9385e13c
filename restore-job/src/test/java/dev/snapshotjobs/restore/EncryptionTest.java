package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EncryptionTest {
  private static Encryption of(Map<String, String> settings) {
    return Encryption.of(settings, Path.of("/var/lib/mysql"));
  }

  @Test
  void isNoneWhereNothingSaysSo() {
    assertThat(of(Map.of())).isEqualTo(new Encryption.None());
    assertThat(
            of(
                Map.of(
                    "encrypt_binlog",
                    "OFF",
                    "innodb_encrypt_tables",
                    "OFF",
                    "innodb_default_encryption_key_id",
                    "1",
                    SnapshotKeys.ENCRYPTION_PLUGIN,
                    "")))
        .isEqualTo(new Encryption.None());
  }

  @Test
  void readsItsKeysWhereTheSourceDid() {
    assertThat(
            of(
                Map.of(
                    SnapshotKeys.ENCRYPTION_PLUGIN,
                    "file_key_management",
                    "file_key_management_filename",
                    "/etc/mysql/keys/keyfile.enc",
                    "file_key_management_filekey",
                    "FILE:/etc/mysql/keys/password",
                    "file_key_management_encryption_algorithm",
                    "aes_ctr",
                    "file_key_management_digest",
                    "",
                    "encrypt_binlog",
                    "ON",
                    "innodb_encrypt_tables",
                    "FORCE")))
        .isInstanceOfSatisfying(
            Encryption.KeyFile.class,
            keys -> {
              assertThat(keys.files())
                  .containsExactly("/etc/mysql/keys/keyfile.enc", "/etc/mysql/keys/password");
              assertThat(keys.arguments())
                  .containsExactly(
                      "--plugin-load-add=file_key_management",
                      "--file-key-management-filename=/etc/mysql/keys/keyfile.enc",
                      "--file-key-management-filekey=FILE:/etc/mysql/keys/password",
                      "--file-key-management-encryption-algorithm=aes_ctr",
                      "--encrypt-binlog=ON",
                      "--innodb-encrypt-tables=FORCE");
            });
  }

  @Test
  void readsThemInItsDataDirectoryUnlessAFolderIsNamed() {
    assertThat(of(Map.of("file_key_management_filename", "keys/keyfile")))
        .isInstanceOfSatisfying(
            Encryption.KeyFile.class,
            keys -> assertThat(keys.files()).containsExactly("/var/lib/mysql/keys/keyfile"));
  }

  @Test
  void cannotHaveThoseOfAnotherPlugin() {
    for (String plugin : new String[] {"aws_key_management", "hashicorp_key_management"}) {
      assertThat(of(Map.of(SnapshotKeys.ENCRYPTION_PLUGIN, plugin)))
          .isInstanceOfSatisfying(
              Encryption.OutOfReach.class,
              out -> {
                assertThat(out.why()).contains("the plugin " + plugin);
                assertThat(out.nextStep()).contains("docs/how-to/replay-by-hand.md");
              });
    }
  }

  /// As a snapshot recorded it that knew nothing of plugins.
  @Test
  void isOutOfReachWhereASnapshotDoesNotSayWhichKeysItTakes() {
    assertThat(of(Map.of("innodb_encrypt_tables", "ON", "encrypt_binlog", "OFF")))
        .isInstanceOfSatisfying(
            Encryption.OutOfReach.class,
            out -> assertThat(out.why()).contains("innodb_encrypt_tables=ON"));
  }

  @Test
  void knowsNoPasswordThatIsNotInAFile() {
    Map<String, String> settings =
        Map.of(
            "file_key_management_filename", "/etc/keyfile",
            "file_key_management_filekey", "<secret>");

    assertThat(of(settings))
        .isInstanceOfSatisfying(
            Encryption.OutOfReach.class,
            out -> assertThat(out.nextStep()).contains("--key-password-file"));
    assertThat(
            ServerArguments.of(
                    Drafts.entry(
                        Map.of(
                            SnapshotKeys.SERVER_SETTINGS,
                            JsonMapper.shared().writeValueAsString(settings))),
                    Path.of("/scratch"),
                    Optional.of("/given/password"))
                .list())
        .contains("--file-key-management-filekey=FILE:/given/password")
        .noneMatch(argument -> argument.contains("<secret>"));
  }
}
