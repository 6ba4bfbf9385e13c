package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MariaDbServerTest {

  @TempDir Path folder;

  @BeforeEach
  void letTheServersUserIn() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void runsUnprivilegedAndKeepsItsRowsOverARestart() throws SQLException, IOException {
    Path dataDir = folder.resolve("data");
    try (MariaDbServer server = MariaDbServer.start(MariaDbServer.Spec.of(dataDir));
        Connection connection = server.connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE shop");
      statement.execute("CREATE TABLE shop.orders (id INT PRIMARY KEY)");
      statement.execute("INSERT INTO shop.orders VALUES (1), (2)");

      assertThat(userOf(server.pid())).isNotEqualTo("root");
    }
    try (MariaDbServer server = MariaDbServer.start(MariaDbServer.Spec.of(dataDir))) {
      assertThat(number(server, "shop", "SELECT COUNT(*) FROM orders")).isEqualTo(2);
    }
  }

  @Test
  void hasNoAnonymousUserThatWouldShadowOthers() throws SQLException {
    try (MariaDbServer server =
        MariaDbServer.start(MariaDbServer.Spec.of(folder.resolve("data")))) {
      assertThat(number(server, "mysql", "SELECT COUNT(*) FROM user WHERE user = ''")).isZero();
    }
  }

  @Test
  void secondServerStartsFromTheTemplateInLittleTime() throws SQLException {
    MariaDbServer.start(MariaDbServer.Spec.of(folder.resolve("first"))).close();

    Instant before = Instant.now();
    try (MariaDbServer server =
        MariaDbServer.start(MariaDbServer.Spec.of(folder.resolve("second")))) {
      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(15));
      assertThat(number(server, "mysql", "SELECT COUNT(*) > 0 FROM user")).isEqualTo(1);
    }
  }

  @Test
  void namesTheReasonFromTheErrorLogWhenItCannotStart() {
    MariaDbServer.Spec wrong =
        MariaDbServer.Spec.of(folder.resolve("data"), "mariadb", List.of("--no-such-option"));

    assertThatThrownBy(() -> MariaDbServer.start(wrong))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("no-such-option");
  }

  @Test
  void dataSurvivesAKill() throws SQLException {
    Path dataDir = folder.resolve("data");
    try (MariaDbServer server = MariaDbServer.start(MariaDbServer.Spec.of(dataDir));
        Connection connection = server.connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE kept");
      server.kill();

      assertThat(server.isRunning()).isFalse();
    }
    try (MariaDbServer server = MariaDbServer.start(MariaDbServer.Spec.of(dataDir))) {
      assertThat(number(server, "kept", "SELECT 1")).isEqualTo(1);
    }
  }

  static int number(MariaDbServer server, String schema, String query) throws SQLException {
    try (Connection connection = server.connect(schema);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }

  private static String userOf(long pid) throws IOException {
    return Files.getOwner(Path.of("/proc", Long.toString(pid))).getName();
  }
}
