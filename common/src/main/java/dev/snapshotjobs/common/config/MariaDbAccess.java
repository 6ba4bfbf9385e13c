package dev.snapshotjobs.common.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How to reach the server; subclasses know whether it has to be reached, and as whom.
public abstract sealed class MariaDbAccess implements Checked
    permits MariaDbOptions, OptionalMariaDbOptions {

  @Option(
      names = "--mariadb-port",
      converter = PortConverter.class,
      description = "Port of the server.")
  private int port = 3306;

  @Option(
      names = "--mariadb-password-file",
      description = "File that holds the password; a newline at its end is not part of it.")
  private @Nullable Secret password;

  @Option(names = "--mariadb-tls", description = "How far the connection is protected.")
  private TlsMode tls = TlsMode.PREFERRED;

  @Option(
      names = "--mariadb-ca-file",
      description = "Certificates in PEM form that the server's is checked against.")
  private @Nullable Path caFile;

  public abstract Optional<String> host();

  public int port() {
    return port;
  }

  /// Empty only where nobody asks the server.
  public abstract String user();

  /// Empty for accounts without one.
  public Optional<Secret> password() {
    return Optional.ofNullable(password);
  }

  public TlsMode tls() {
    return tls;
  }

  public Optional<Path> caFile() {
    return Optional.ofNullable(caFile);
  }

  @Override
  public void check(Problems problems) {
    if (caFile != null && !Files.isReadable(caFile)) {
      problems.add("--mariadb-ca-file", "'" + caFile + "' cannot be read", "a file in PEM form");
    }
  }
}
