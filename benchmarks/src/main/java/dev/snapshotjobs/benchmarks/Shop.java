package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.sandbox.DatabasePod;
import dev.snapshotjobs.sandbox.MariaDbDeployment;
import dev.snapshotjobs.sandbox.Sandbox;
import dev.snapshotjobs.sandbox.WriteLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// The database that is measured: durable settings, an account for the job, and a load that starts
/// from nothing each time.
final class Shop implements AutoCloseable {
  static final String NAMESPACE = "shop";
  static final String JOB_USER = "snapshot_job";
  static final int WRITERS = 8;
  static final List<String> SERVER_ARGS =
      List.of(
          "--log-bin=mysql-bin",
          "--server-id=1",
          "--sync-binlog=1",
          "--innodb-flush-log-at-trx-commit=1");

  private final DatabasePod pod;
  private final Path passwordFile;

  private Shop(DatabasePod pod, Path passwordFile) {
    this.pod = pod;
    this.passwordFile = passwordFile;
  }

  static Shop open(Sandbox sandbox) throws SQLException, IOException {
    DatabasePod pod =
        sandbox
            .deployMariaDb(
                MariaDbDeployment.standard()
                    .withNamespace(NAMESPACE)
                    .withArgs(SERVER_ARGS.toArray(String[]::new)))
            .getFirst();
    String password = "benchmark-" + Long.toHexString(System.nanoTime());
    try (Connection connection = pod.server().connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE USER " + JOB_USER + "@'%' IDENTIFIED BY '" + password + "'");
      statement.execute(
          "GRANT RELOAD, BINLOG MONITOR, PROCESS, REFERENCES ON *.* TO " + JOB_USER + "@'%'");
      LongUpdate.prepare(statement);
    }
    Path file = Files.createTempFile("benchmark-password", "");
    return new Shop(pod, Files.writeString(file, password + "\n"));
  }

  String claim() {
    return pod.claim();
  }

  Path passwordFile() {
    return passwordFile;
  }

  Connection connect() throws SQLException {
    return pod.server().connect("");
  }

  String version() throws SQLException {
    try (Connection connection = connect()) {
      return connection.getMetaData().getDatabaseProductVersion();
    }
  }

  /// Starts the writers on empty tables and an empty binary log, and waits until they have written
  /// some: the sandbox copies all of it for each snapshot, and a copy that grows from trial to
  /// trial would be measured with the lock. The commits that a load remembers stay few as well.
  WriteLoad startLoad(int rows) throws SQLException, InterruptedException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP DATABASE IF EXISTS shop");
      statement.execute("RESET MASTER");
    }
    WriteLoad load = WriteLoad.start(pod.jdbcUrl(""), WRITERS, List.of("InnoDB"));
    load.awaitMore(rows);
    return load;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(passwordFile);
  }
}
