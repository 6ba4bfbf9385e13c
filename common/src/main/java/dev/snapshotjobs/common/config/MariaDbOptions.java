package dev.snapshotjobs.common.config;

import picocli.CommandLine.Option;

/// How to reach the server and as whom.
public final class MariaDbOptions extends MariaDbAccess {

  @Option(names = "--mariadb-user", required = true, description = "Account of the jobs.")
  private String user = "";

  @Override
  public String user() {
    return user;
  }
}
