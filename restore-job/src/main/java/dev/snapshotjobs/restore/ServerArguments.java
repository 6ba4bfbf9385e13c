package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How the server of a restore is started: on the data of the source, with what of the source's
/// settings decides on how they are read, and closed to all but the pod that it is in. Nothing of
/// it is durable: when it dies, a restore begins anew with another copy.
///
/// @param settings of the server that wrote the data, as the snapshot recorded them
/// @param scratch a folder beside the data, for what is of no use afterwards
public record ServerArguments(Map<String, String> settings, Path scratch) {
  /// No server of anybody has it, though it would do no harm: events of a replay are applied
  /// whatever server they are from.
  static final long SERVER_ID = 0xFFFF_FFF0L;

  static final int PORT = 3306;

  /// Statements that the server runs first.
  static final String INIT_FILE = "init.sql";

  /// What stands in front of the number in the names of the relay logs.
  static final String RELAY_LOGS = "relay-bin";

  /// Of how the source laid down its data, and of what a statement means that does not say it
  /// itself; those that the snapshot has no value of are left to the server.
  private static final List<String> KEPT =
      List.of(
          "aria_log_dir_path",
          "character_set_collations",
          "character_set_server",
          "collation_server",
          "default_storage_engine",
          "explicit_defaults_for_timestamp",
          "group_concat_max_len",
          "gtid_domain_id",
          "innodb_data_file_path",
          "innodb_data_home_dir",
          "innodb_default_row_format",
          "innodb_log_file_size",
          "innodb_log_group_home_dir",
          "innodb_page_size",
          "innodb_strict_mode",
          "innodb_undo_directory",
          "innodb_undo_tablespaces",
          "lower_case_table_names");

  /// Their rows are elsewhere, and must stay as they are there. CONNECT is not among them: a server
  /// takes `--connect` for the beginning of `--connect-timeout`. Nobody asks for its tables, and
  /// the replay leaves them out.
  private static final List<String> REMOTE =
      List.of("federated", "federatedx", "mroonga", "s3", "sphinx", "spider");

  public ServerArguments {
    settings = Map.copyOf(settings);
  }

  /// @param keyPassword the file with the password of the keys' file, whatever the snapshot says
  static ServerArguments of(CatalogueEntry entry, Path scratch, Optional<String> keyPassword) {
    Map<String, String> settings = settings(entry);
    keyPassword.ifPresent(file -> settings.put(Encryption.PASSWORD, Encryption.IN_FILE + file));
    return new ServerArguments(settings, scratch);
  }

  /// As the snapshot recorded them; empty if it did not.
  static Map<String, String> settings(CatalogueEntry entry) {
    Map<String, String> settings = new TreeMap<>();
    try {
      JsonNode recorded =
          JsonMapper.shared()
              .readTree(entry.annotations().getOrDefault(SnapshotKeys.SERVER_SETTINGS, "{}"));
      recorded
          .properties()
          .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asString("")));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("annotation " + SnapshotKeys.SERVER_SETTINGS, e);
    }
    return settings;
  }

  /// Where the data are, in the source's pod and in that of the restore.
  Path dataDir() {
    return Path.of(settings.getOrDefault("datadir", "/var/lib/mysql"));
  }

  /// What the names of the source's binary logs begin with.
  Path logBase() {
    String recorded = settings.getOrDefault("log_bin_basename", "");
    return dataDir().resolve(recorded.isEmpty() ? "mysql-bin" : recorded);
  }

  public List<String> list() {
    List<String> arguments = new ArrayList<>();
    arguments.add("--no-defaults");
    arguments.add("--datadir=" + dataDir());
    // As the source's: the transactions that were prepared at the cut are decided by these logs.
    arguments.add("--log-bin=" + logBase());
    arguments.add("--server-id=" + SERVER_ID);
    arguments.add("--bind-address=127.0.0.1");
    arguments.add("--port=" + PORT);
    arguments.add("--socket=" + scratch.resolve("mariadb.sock"));
    arguments.add("--pid-file=" + scratch.resolve("mariadb.pid"));
    arguments.add("--tmpdir=" + scratch);
    arguments.add("--init-file=" + scratch.resolve(INIT_FILE));
    arguments.add("--skip-name-resolve");
    // It was allowed where it was logged; here it would be refused for the binary log's sake.
    arguments.add("--log-bin-trust-function-creators=ON");
    // DISABLED would refuse the events that the replay creates.
    arguments.add("--event-scheduler=OFF");
    arguments.add("--skip-slave-start");
    arguments.add("--log-slave-updates=OFF");
    arguments.add("--replicate-same-server-id");
    arguments.add("--relay-log=" + scratch.resolve(RELAY_LOGS));
    arguments.add("--relay-log-info-file=" + scratch.resolve("relay-log.info"));
    arguments.add("--master-info-file=" + scratch.resolve("master.info"));
    arguments.add("--relay-log-purge=OFF");
    arguments.add("--slave-parallel-threads=0");
    arguments.add("--slave-ddl-exec-mode=STRICT");
    arguments.add("--slave-exec-mode=STRICT");
    arguments.add("--slave-load-tmpdir=" + scratch);
    arguments.add("--slave-max-allowed-packet=1G");
    arguments.add("--max-allowed-packet=1G");
    arguments.add("--sync-binlog=0");
    arguments.add("--innodb-flush-log-at-trx-commit=0");
    arguments.add("--innodb-buffer-pool-dump-at-shutdown=OFF");
    arguments.add("--innodb-buffer-pool-load-at-startup=OFF");
    REMOTE.forEach(engine -> arguments.add("--loose-" + engine + "=OFF"));
    for (String name : KEPT) {
      String value = settings.getOrDefault(name, "");
      if (!value.isEmpty()) {
        arguments.add("--loose-" + name.replace('_', '-') + "=" + value);
      }
    }
    String zone = settings.getOrDefault("time_zone", "");
    if (!zone.isEmpty()) {
      arguments.add("--default-time-zone=" + zone);
    }
    if (encryption() instanceof Encryption.KeyFile keys) {
      arguments.addAll(keys.arguments());
    }
    return List.copyOf(arguments);
  }

  Encryption encryption() {
    return Encryption.of(settings, dataDir());
  }
}
