package dev.snapshotjobs.snapshot;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the server said about itself before the run touched anything.
///
/// @param variables the global variables
/// @param globalPrivileges what the account may do on `*.*`
/// @param engines how many tables each engine has, with one of them as an example
/// @param dataFiles files of tables, absolute or relative to the data directory
/// @param longStatements what has been running for long, for a person; empty if nothing
record ServerFacts(
    Map<String, String> variables,
    Set<String> globalPrivileges,
    String account,
    boolean replica,
    List<EngineUse> engines,
    List<String> dataFiles,
    String longStatements) {

  ServerFacts {
    variables = Map.copyOf(variables);
    globalPrivileges = Set.copyOf(globalPrivileges);
    engines = List.copyOf(engines);
    dataFiles = List.copyOf(dataFiles);
  }

  /// The tables of one engine.
  record EngineUse(String engine, long tables, String example) {}

  String variable(String name) {
    return variables.getOrDefault(name, "");
  }

  boolean isOn(String name) {
    String value = variable(name);
    return value.equals("ON") || value.equals("1");
  }

  String version() {
    return variable("version");
  }

  String dataDirectory() {
    return variable("datadir");
  }
}
