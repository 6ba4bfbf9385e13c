package dev.snapshotjobs.common.config;

import picocli.CommandLine.Option;

/// For commands that ask a server only if there is one: it has to be named.
public final class OptionalMariaDbOptions extends MariaDbAccess {

  @Option(
      names = "--mariadb-user",
      description = "Account of the jobs; needed with --mariadb-host.")
  private String user = "";

  @Override
  public String user() {
    return user;
  }

  @Override
  public void check(Problems problems) {
    super.check(problems);
    if (host().isPresent() && user.isEmpty()) {
      problems.add(
          "--mariadb-user",
          "is required with --mariadb-host, but not set",
          "an account with the rights of manifests/grants/binlog-archiver.sql");
    }
  }
}
