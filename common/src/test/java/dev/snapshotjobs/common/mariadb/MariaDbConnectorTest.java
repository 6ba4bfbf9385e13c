package dev.snapshotjobs.common.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.config.Secret;
import dev.snapshotjobs.common.config.TlsMode;
import dev.snapshotjobs.sandbox.MariaDbServer;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MariaDbConnectorTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets them before each test
  private static MariaDbServer plain;

  @SuppressWarnings("NullAway.Init")
  private static MariaDbServer encrypting;

  @BeforeAll
  static void start() throws Exception {
    plain = server("--ssl=0");
    encrypting = server("--ssl=1");
  }

  private static MariaDbServer server(String option) throws Exception {
    MariaDbServer server =
        MariaDbServer.start(
            MariaDbServer.Spec.of(
                Files.createTempDirectory("connector"), "mariadb-0", List.of(option)));
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE USER jobs@'%' IDENTIFIED BY 'it is secret'");
    }
    return server;
  }

  @AfterAll
  static void stop() {
    plain.close();
    encrypting.close();
  }

  @Test
  void encryptsWhereTheServerCanAndDoesWithoutWhereItCannot() throws SQLException {
    assertThat(cipher(encrypting, TlsMode.PREFERRED)).isNotEmpty();
    assertThat(cipher(plain, TlsMode.PREFERRED)).isEmpty();
  }

  @Test
  void neverSpeaksInPlainTextWhenEncryptionIsRequired() throws SQLException {
    assertThat(cipher(encrypting, TlsMode.REQUIRED)).isNotEmpty();
    assertThatThrownBy(() -> cipher(plain, TlsMode.REQUIRED)).isInstanceOf(SQLException.class);
  }

  @Test
  void doesNotEncryptWhenItShallNot() throws SQLException {
    assertThat(cipher(encrypting, TlsMode.DISABLED)).isEmpty();
  }

  @Test
  void acceptsNoServerThatNobodyVouchesFor() {
    assertThatThrownBy(() -> cipher(plain, TlsMode.VERIFY_FULL)).isInstanceOf(SQLException.class);
  }

  @ParameterizedTest
  @EnumSource(TlsMode.class)
  void keepsThePasswordOutOfItsErrors(TlsMode mode) {
    MariaDbConnector connector =
        new MariaDbConnector(
            encrypting.address(),
            encrypting.port(),
            "jobs",
            Optional.of(Secret.of("a wrong one")),
            mode,
            Optional.empty());

    assertThatThrownBy(() -> connector.open(Duration.ofSeconds(10)).close())
        .isInstanceOf(SQLException.class)
        .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("a wrong one"));
    assertThat(connector.toString()).doesNotContain("a wrong one");
  }

  @Test
  void noticesThatAnAddressLeadsToSeveralServers() throws Exception {
    try (Balancer balancer = Balancer.over(List.of(plain, encrypting))) {
      MariaDbConnector connector =
          new MariaDbConnector(
              "127.0.0.1",
              balancer.port(),
              "jobs",
              Optional.of(Secret.of("it is secret")),
              TlsMode.DISABLED,
              Optional.empty());

      assertThatThrownBy(
              () ->
                  CommitLock.open(
                      connector,
                      LockKind.BACKUP_STAGE,
                      new LockBudgets(Duration.ofSeconds(1), Duration.ofSeconds(1))))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(e.getSQLState()).isEqualTo(CommitLock.SEVERAL_SERVERS));
    }
  }

  private static String cipher(MariaDbServer server, TlsMode mode) throws SQLException {
    MariaDbConnector connector =
        new MariaDbConnector(
            server.address(),
            server.port(),
            "jobs",
            Optional.of(Secret.of("it is secret")),
            mode,
            Optional.empty());
    try (Connection connection = connector.open(Duration.ofSeconds(10));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW SESSION STATUS LIKE 'Ssl_cipher'")) {
      return row.next() ? String.valueOf(row.getString(2)) : "";
    }
  }
}
