package dev.snapshotjobs.e2e;

import dev.snapshotjobs.common.config.Secret;
import dev.snapshotjobs.common.config.TlsMode;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/// A MariaDB 11.8 with a binary log. It can be stopped, killed and started with other options, and
/// keeps its data and its port.
final class DatabaseContainer implements AutoCloseable {
  static final String DATA = "/var/lib/mysql/";
  static final String PASSWORD = "of-a-test";
  private static final int PORT = 3306;
  private static final String KEYS = "/etc/mysql/keys";

  /// The image's own start, again after each end that was asked for: by a shutdown or by a kill.
  private static final String SERVE =
      """
      while docker-entrypoint.sh mariadbd "$@" $(cat /tmp/options) || [ $? = 137 ]; do :; done
      """;

  private static final WaitStrategy READY =
      Wait.forSuccessfulCommand("healthcheck.sh --connect --innodb_initialized")
          .withStartupTimeout(Duration.ofMinutes(2));

  private final GenericContainer<?> container;

  private DatabaseContainer(GenericContainer<?> container) {
    this.container = container;
  }

  /// What makes a server encrypt its logs, or at least able to read what it has encrypted.
  static List<String> withKeys() {
    return List.of(
        "--plugin-load-add=file_key_management", "--file-key-management-filename=" + KEYS);
  }

  /// @param options of the server, each time it is started
  static DatabaseContainer start(String... options) {
    Prerequisites.requireDocker();
    List<String> command = new ArrayList<>(List.of("bash", "-c", SERVE, "serve"));
    command.addAll(List.of("--log-bin=bin", "--server-id=1"));
    command.addAll(List.of(options));
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse("mariadb:11.8"))
            .withEnv("MARIADB_ROOT_PASSWORD", PASSWORD)
            .withCopyToContainer(Transferable.of("1;" + "0123456789abcdef".repeat(4), 0444), KEYS)
            .withCopyToContainer(Transferable.of(""), "/tmp/options")
            .withCommand(command.toArray(String[]::new))
            .withExposedPorts(PORT)
            .waitingFor(READY);
    container.start();
    return new DatabaseContainer(container);
  }

  String host() {
    return container.getHost();
  }

  int port() {
    return container.getMappedPort(PORT);
  }

  MariaDbConnector connector() {
    return new MariaDbConnector(
        host(),
        port(),
        "root",
        Optional.of(Secret.of(PASSWORD)),
        TlsMode.REQUIRED,
        Optional.empty());
  }

  /// What Docker's own commands call it by.
  String id() {
    return container.getContainerId();
  }

  Session session() throws SQLException {
    return new Session(connector().open(Duration.ofMinutes(2)));
  }

  /// Shuts the server down and starts it with more options than those it was made with.
  void restartWith(List<String> more) throws SQLException {
    run("printf '%s' '" + String.join(" ", more) + "' > /tmp/options");
    try (Session session = session();
        Session waiting = session()) {
      session.run("SHUTDOWN");
      waiting.awaitItsEnd();
    }
    READY.waitUntilReady(container);
  }

  /// As a node does that runs out of memory; the server comes back by itself.
  void kill() throws SQLException {
    try (Session waiting = session()) {
      run("kill -9 $(pidof mariadbd)");
      waiting.awaitItsEnd();
    }
    READY.waitUntilReady(container);
  }

  byte[] file(String name) {
    return container.copyFileFromContainer(DATA + name, InputStream::readAllBytes);
  }

  /// The SHA-256 of each binary log, by its name, without the flag that it is in use.
  Map<String, String> logFiles() {
    return digests(DATA);
  }

  /// The same of what `mariadb-binlog` reads from the server, from its oldest log to its newest.
  Map<String, String> logsThatMariadbBinlogReads(String oldest) {
    run(
        """
        rm -rf /tmp/raw && mkdir /tmp/raw && mariadb-binlog --read-from-remote-server --raw \
          --to-last-log --host=127.0.0.1 --user=root --password='%s' --skip-ssl \
          --result-file=/tmp/raw/ %s
        """
            .formatted(PASSWORD, oldest));
    return digests("/tmp/raw/");
  }

  private Map<String, String> digests(String directory) {
    return run("""
            cd %s
            for log in $(ls | grep -E 'bin[.][0-9]+$'); do
              { head -c 21 $log; printf '\\0'; tail -c +23 $log; } | sha256sum | sed "s/-/$log/"
            done
            """
            .formatted(directory))
        .lines()
        .map(line -> line.split(" +", 2))
        .collect(Collectors.toMap(line -> line[1], line -> line[0]));
  }

  /// Runs a script in the container; one that does not end well fails the test.
  String run(String script) {
    try {
      ExecResult result = container.execInContainer("bash", "-euc", script);
      if (result.getExitCode() != 0) {
        throw new AssertionError(script + ": " + result);
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new AssertionError(script, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + script, e);
    }
  }

  @Override
  public void close() {
    container.close();
  }
}
