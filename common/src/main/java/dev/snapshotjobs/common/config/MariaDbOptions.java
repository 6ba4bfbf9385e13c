package dev.snapshotjobs.common.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How to reach the server and as whom.
public final class MariaDbOptions extends MariaDbAccess {

  @Option(
      names = "--mariadb-host",
      description =
          "Name or address of the server; it has to lead to the pod itself. By default the pod's"
              + " address.")
  private @Nullable String host;

  @Option(names = "--mariadb-user", required = true, description = "Account of the jobs.")
  private String user = "";

  @Override
  public Optional<String> host() {
    return Optional.ofNullable(host);
  }

  @Override
  public String user() {
    return user;
  }
}
