package dev.snapshotjobs.common.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// For commands that ask a server only if there is one: it has to be named.
public final class OptionalMariaDbOptions extends MariaDbAccess {

  @Option(
      names = "--mariadb-host",
      description = "Name or address of the server, if it shall be asked too.")
  private @Nullable String host;

  @Option(
      names = "--mariadb-user",
      description = "Account of the jobs; needed with --mariadb-host.")
  private String user = "";

  @Override
  public Optional<String> host() {
    return Optional.ofNullable(host);
  }

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
