package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How a server encrypts data and logs, as a snapshot recorded its settings. Pure.
sealed interface Encryption {
  /// It does not, and could not.
  record None() implements Encryption {}

  /// With keys that lie in a file.
  ///
  /// @param files that the server reads: the one with the keys, and the one with its password where
  ///   it has one
  /// @param arguments by which a server finds the keys, and encrypts what the source encrypts
  record KeyFile(List<String> files, List<String> arguments) implements Encryption {
    public KeyFile {
      files = List.copyOf(files);
      arguments = List.copyOf(arguments);
    }
  }

  /// With keys that a server of a restore cannot have.
  record OutOfReach(String why, String nextStep) implements Encryption {}

  /// The setting that has the password of the file with the keys, or says in which file it is.
  String PASSWORD = "file_key_management_filekey";

  /// What stands in front of the path of that file.
  String IN_FILE = "FILE:";

  /// The one plugin whose keys lie in files.
  String KEY_FILE_PLUGIN = "file_key_management";

  /// Reads it from those settings.
  ///
  /// @param dataDir what relative paths begin at
  static Encryption of(Map<String, String> settings, Path dataDir) {
    String keys = settings.getOrDefault("file_key_management_filename", "");
    String plugin = settings.getOrDefault(SnapshotKeys.ENCRYPTION_PLUGIN, "");
    if (!plugin.isEmpty() && !plugin.equals(KEY_FILE_PLUGIN)) {
      return new OutOfReach(
          "the server's data are encrypted with keys of the plugin %s, and a server of a restore has keys from a file alone"
              .formatted(plugin),
          BY_HAND);
    }
    if (keys.isEmpty()) {
      return encrypting(settings)
          .<Encryption>map(
              setting ->
                  new OutOfReach(
                      "the server encrypts (%s), and the snapshot does not say with which keys"
                          .formatted(setting),
                      BY_HAND))
          .orElseGet(None::new);
    }
    List<String> files = new ArrayList<>(List.of(dataDir.resolve(keys).toString()));
    String password = settings.getOrDefault(PASSWORD, "");
    if (password.startsWith(IN_FILE)) {
      files.add(dataDir.resolve(password.substring(IN_FILE.length())).toString());
    } else if (!password.isEmpty()) {
      return new OutOfReach(
          "the file with the keys, %s, is encrypted, and the source has its password itself among its settings (%s), which no snapshot records"
              .formatted(keys, PASSWORD),
          "put the password into a Secret, mount that in the Job that you start"
              + " (manifests/pitr-now.yaml), and name the file: --key-password-file");
    }
    List<String> arguments = new ArrayList<>(List.of("--plugin-load-add=" + KEY_FILE_PLUGIN));
    for (String name : SETTINGS) {
      String value = settings.getOrDefault(name, "");
      if (!value.isEmpty()) {
        arguments.add("--" + name.replace('_', '-') + "=" + value);
      }
    }
    return new KeyFile(files, arguments);
  }

  String BY_HAND =
      "recover by hand, with a server that gets its keys as the source does:"
          + " docs/how-to/replay-by-hand.md";

  /// Those of the plugin, and what is encrypted: by what a replay makes anew, too. What the server
  /// puts aside while it works is as secret as the data.
  List<String> SETTINGS =
      List.of(
          "file_key_management_filename",
          PASSWORD,
          "file_key_management_encryption_algorithm",
          "file_key_management_digest",
          "file_key_management_use_pbkdf2",
          "aria_encrypt_tables",
          "encrypt_binlog",
          "encrypt_tmp_disk_tables",
          "encrypt_tmp_files",
          "innodb_default_encryption_key_id",
          "innodb_encrypt_log",
          "innodb_encrypt_tables",
          "innodb_encrypt_temporary_tables");

  private static Optional<String> encrypting(Map<String, String> settings) {
    return SETTINGS.stream()
        .filter(name -> name.contains("encrypt_"))
        .filter(name -> Set.of("ON", "FORCE").contains(settings.getOrDefault(name, "")))
        .map(name -> name + "=" + settings.get(name))
        .findFirst();
  }
}
