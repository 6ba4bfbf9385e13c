package dev.snapshotjobs.snapshot;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the server said about itself before the run touched anything.
///
/// @param variables the global variables
/// @param globalPrivileges what the account may do on `*.*`
/// @param engines how many tables each engine has outside of the system's schemas, with an example
/// @param dataFiles files of tables, absolute or relative to the data directory
/// @param longStatements what has been running for long, for a person; empty if nothing
record ServerFacts(
    Map<String, String> variables,
    Set<String> globalPrivileges,
    String account,
    Replication replication,
    List<EngineUse> engines,
    List<String> dataFiles,
    String longStatements) {

  ServerFacts {
    variables = Map.copyOf(variables);
    globalPrivileges = Set.copyOf(globalPrivileges);
    engines = List.copyOf(engines);
    dataFiles = List.copyOf(dataFiles);
  }

  /// What stands for the engine of a table that the server could not look at.
  static final String UNKNOWN_ENGINE = "unknown";

  /// The tables of one engine.
  record EngineUse(String engine, long tables, String example) {}

  /// Whether the server applies what another one logs.
  sealed interface Replication {
    /// It is nobody's replica, as far as anyone can tell.
    record None() implements Replication {}

    /// It is or was one, and the account may not see how it fares.
    record Hidden(boolean running) implements Replication {}

    /// It is one.
    record Replica(List<Channel> channels) implements Replication {
      public Replica {
        channels = List.copyOf(channels);
      }
    }

    /// Whether it is applying something now.
    default boolean applies() {
      return switch (this) {
        case None _ -> false;
        case Hidden(boolean running) -> running;
        case Replica _ -> true;
      };
    }
  }

  /// One connection to a primary.
  ///
  /// @param name empty for the default connection
  /// @param behind `Seconds_Behind_Master`; empty when the server does not know it
  record Channel(String name, boolean sqlRunning, Optional<Duration> behind, String lastError) {
    @Override
    public String toString() {
      return name.isEmpty() ? "the replica" : "the replica connection '" + name + "'";
    }
  }

  String variable(String name) {
    return variables.getOrDefault(name, "");
  }

  boolean isOn(String name) {
    String value = variable(name);
    return value.equals("ON") || value.equals("1");
  }

  /// The password of the file with the keys of encrypted data, or in which file it is.
  static final String KEY_PASSWORD = "file_key_management_filekey";

  boolean hasKeyPasswordInSettings() {
    return !variable(KEY_PASSWORD).isEmpty() && !variable(KEY_PASSWORD).startsWith("FILE:");
  }

  String version() {
    return variable("version");
  }

  String dataDirectory() {
    return variable("datadir");
  }
}
