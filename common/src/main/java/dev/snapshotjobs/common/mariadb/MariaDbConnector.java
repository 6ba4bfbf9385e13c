package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.config.Secret;
import dev.snapshotjobs.common.config.TlsMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/// Opens single physical connections to one server: no pool, no failover and no reconnect, so that
/// a session that is lost is seen to be lost. The password travels in properties, never in a URL.
public record MariaDbConnector(
    String host,
    int port,
    String user,
    Optional<Secret> password,
    TlsMode tls,
    Optional<Path> caFile) {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /// Opens a connection. `readTimeout` bounds how long one answer may take; zero means for ever.
  public Connection open(Duration readTimeout) throws SQLException {
    return switch (tls) {
      case DISABLED -> open(readTimeout, "disable");
      case REQUIRED -> open(readTimeout, "trust");
      case VERIFY_FULL -> open(readTimeout, "verify-full");
      case PREFERRED -> preferred(readTimeout);
    };
  }

  /// The driver has no such mode: encrypt if the server can, else plain.
  private Connection preferred(Duration readTimeout) throws SQLException {
    try {
      return open(readTimeout, "trust");
    } catch (SQLException refused) {
      if (String.valueOf(refused.getMessage()).contains("ssl not enabled in the server")) {
        return open(readTimeout, "disable");
      }
      throw refused;
    }
  }

  private Connection open(Duration readTimeout, String sslMode) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    password.ifPresent(secret -> properties.setProperty("password", secret.reveal()));
    properties.setProperty("sslMode", sslMode);
    caFile.ifPresent(path -> properties.setProperty("serverSslCert", path.toString()));
    properties.setProperty("connectTimeout", Long.toString(CONNECT_TIMEOUT.toMillis()));
    properties.setProperty("socketTimeout", Long.toString(readTimeout.toMillis()));
    // A hostile or wrong server must not be able to ask this pod for its files.
    properties.setProperty("allowLocalInfile", "false");
    properties.setProperty("connectionAttributes", "program_name:mariadb-snapshot-jobs");
    return DriverManager.getConnection("jdbc:mariadb://" + address() + "/", properties);
  }

  public String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
