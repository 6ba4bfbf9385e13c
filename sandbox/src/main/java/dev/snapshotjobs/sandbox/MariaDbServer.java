package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One running mariadbd on a data directory of this machine.
public final class MariaDbServer implements AutoCloseable {

  private static final Duration START_DEADLINE = Duration.ofSeconds(90);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(60);
  private static final int QUOTED_LOG_CHARACTERS = 3000;

  /// What to start. An empty data directory is filled with a fresh one.
  ///
  /// @param hostname what `@@hostname` shall be, where [Sandbox#hostnamesAreReal()]
  /// @param extraArgs options of mariadbd; they win over the sandbox's own
  public record Spec(
      Path dataDir, String address, int port, String hostname, List<String> extraArgs) {

    public Spec {
      extraArgs = List.copyOf(extraArgs);
    }

    /// A server on a free loopback address of its own and the default port.
    public static Spec of(Path dataDir, String hostname, List<String> extraArgs) {
      return new Spec(dataDir, Host.freeAddress(), Host.MARIADB_PORT, hostname, extraArgs);
    }

    /// The same without options.
    public static Spec of(Path dataDir) {
      return of(dataDir, "mariadb", List.of());
    }
  }

  /// Where a server runs: folders and the watchdog that it shares with others.
  record Site(Host host, MariaDbBinaries binaries, Path runDir, Watchdog watchdog) {}

  private final Spec spec;
  private final Path errorLog;
  private final Process process;
  private final AutoCloseable afterwards;

  private MariaDbServer(Spec spec, Path errorLog, Process process, AutoCloseable afterwards) {
    this.spec = spec;
    this.errorLog = errorLog;
    this.process = process;
    this.afterwards = afterwards;
  }

  /// Starts a server on its own, outside of a sandbox, and waits until it answers.
  public static MariaDbServer start(Spec spec) {
    Host host = Host.probe();
    Path runDir = openFolder();
    Watchdog watchdog = new Watchdog(runDir);
    try {
      return start(spec, new Site(host, MariaDbBinaries.locate(host), runDir, watchdog), watchdog);
    } catch (RuntimeException e) {
      watchdog.close();
      throw e;
    }
  }

  static MariaDbServer start(Spec spec, Site site) {
    return start(spec, site, () -> {});
  }

  private static MariaDbServer start(Spec spec, Site site, AutoCloseable afterwards) {
    prepare(spec.dataDir(), site);
    Path errorLog = site.runDir().resolve("error.log");
    Process process;
    try {
      process =
          new ProcessBuilder(ServerCommand.line(spec, site))
              .redirectErrorStream(true)
              .redirectOutput(errorLog.toFile())
              .start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new SandboxException("Cannot start " + site.binaries().mariadbd(), e);
    }
    site.watchdog().watch(process);
    MariaDbServer server = new MariaDbServer(spec, errorLog, process, afterwards);
    server.awaitStart();
    return server;
  }

  private static Path openFolder() {
    try {
      Path folder = Files.createTempDirectory("mariadb-sandbox-");
      return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new SandboxException("Cannot create a folder for the server", e);
    }
  }

  private static void prepare(Path dataDir, Site site) {
    try {
      Files.createDirectories(dataDir);
      site.host().requireReachable(dataDir);
      try (var entries = Files.list(dataDir)) {
        if (entries.findAny().isEmpty()) {
          site.binaries().initialise(dataDir);
        }
      }
      site.host().giveToServer(dataDir);
      site.host().giveToServer(site.runDir());
    } catch (IOException e) {
      throw new SandboxException("Cannot prepare " + dataDir, e);
    }
  }

  private void awaitStart() {
    long deadline = System.nanoTime() + START_DEADLINE.toNanos();
    String last = "no connection yet";
    while (System.nanoTime() < deadline) {
      if (!process.isAlive()) {
        throw new SandboxException(
            "mariadbd ended with " + process.exitValue() + " at once. Its log ends so:\n" + tail());
      }
      try {
        tryConnection();
        return;
      } catch (IOException | SQLException e) {
        last = e.toString();
      }
      waitForEnd(Duration.ofMillis(20));
    }
    kill();
    throw new SandboxException(
        "mariadbd does not answer (" + last + "). Its log ends so:\n" + tail());
  }

  private void tryConnection() throws IOException, SQLException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(spec.address(), spec.port()), 1000);
    }
    try (Connection connection = connect("")) {
      connection.isValid(1);
    } catch (SQLException e) {
      boolean refusedLogin = "28000".equals(e.getSQLState());
      if (!refusedLogin) { // a restored server may have a root password: it answers all the same
        throw e;
      }
    }
  }

  public Spec spec() {
    return spec;
  }

  public Path dataDir() {
    return spec.dataDir();
  }

  public String address() {
    return spec.address();
  }

  public int port() {
    return spec.port();
  }

  public long pid() {
    return process.pid();
  }

  /// Without a user; `root` has no password. An empty schema selects none.
  public String jdbcUrl(String schema) {
    return "jdbc:mariadb://" + spec.address() + ":" + spec.port() + "/" + schema;
  }

  /// A new connection as `root`.
  public Connection connect(String schema) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(schema), "root", "");
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /// Everything the server has written to its error log; empty once its folder is gone.
  public String errorLog() {
    try {
      return Files.exists(errorLog) ? Files.readString(errorLog, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new SandboxException("Cannot read " + errorLog, e);
    }
  }

  /// Ends the server as an administrator would and waits until it is gone.
  public void stop() {
    if (process.isAlive()) {
      resume();
    }
    process.destroy();
    if (!waitForEnd(STOP_DEADLINE)) {
      kill();
      throw new SandboxException("mariadbd did not stop. Its log ends so:\n" + tail());
    }
  }

  /// Ends the server as a power cut would, but for the page cache.
  public void kill() {
    process.destroyForcibly();
    waitForEnd(STOP_DEADLINE);
  }

  /// Freezes the process: connections stay open and nothing answers.
  public void pause() {
    Command.check("kill", "-STOP", Long.toString(pid()));
  }

  public void resume() {
    Command.check("kill", "-CONT", Long.toString(pid()));
  }

  /// Calls the action once the process has ended, at once where it has already.
  void onEnd(Runnable action) {
    process.onExit().thenRun(action).exceptionally(failure -> null);
  }

  /// Waits until the process has ended by itself or by somebody else's hand.
  public boolean waitForEnd(Duration atMost) {
    try {
      return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("Interrupted while waiting for mariadbd", e);
    }
  }

  private String tail() {
    String log = errorLog();
    return log.substring(Math.max(0, log.length() - QUOTED_LOG_CHARACTERS));
  }

  /// Stops the server; its data directory stays.
  @Override
  public void close() {
    try {
      stop();
    } finally {
      closeAfterwards();
    }
  }

  private void closeAfterwards() {
    try {
      afterwards.close();
    } catch (Exception e) {
      throw new SandboxException("Cannot tidy up after mariadbd", e);
    }
  }
}
