package dev.snapshotjobs.common.config;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The environment variables that a run was given. A variable that is empty counts as unset, and so
/// does what Kubernetes injects for a Service: one named `mariadb` would otherwise set
/// `MARIADB_PORT` to `tcp://10.0.0.1:3306` in every pod of the namespace.
public record Environment(Map<String, String> variables) {

  private static final Pattern SERVICE_LINK = Pattern.compile("(tcp|udp|sctp)://.*");

  public Environment {
    Map<String, String> set = new TreeMap<>();
    variables.forEach(
        (name, value) -> {
          if (!value.isEmpty() && !isServiceLink(name, value)) {
            set.put(name, value);
          }
        });
    variables = Map.copyOf(set);
  }

  private static boolean isServiceLink(String name, String value) {
    return name.endsWith("_PORT") && SERVICE_LINK.matcher(value).matches();
  }

  public Optional<String> get(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  /// Names no value: some of them are secrets.
  @Override
  public String toString() {
    return "Environment[" + variables.size() + " variables]";
  }
}
