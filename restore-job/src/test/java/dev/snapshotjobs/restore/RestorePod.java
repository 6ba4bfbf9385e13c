package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.MariaDbServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// What runs in the pod of a restore, without the pod: the containers one after the other, on a
/// copy and a scratch folder.
final class RestorePod implements AutoCloseable {
  private final ArchivedShop shop;
  private final Path copy;
  private final List<String> source;
  final Path scratch;
  private @Nullable MariaDbServer server;

  /// @param source `--restore-id` or `--clone-of`, and its value
  RestorePod(ArchivedShop shop, Path copy, String... source) throws IOException {
    this.shop = shop;
    this.copy = copy;
    this.source = List.of(source);
    this.scratch = Files.createTempDirectory("scratch");
  }

  ArchivedShop.Ended inspect(String... more) {
    return shop.restoreJob(Map.of(), args("inspect", more));
  }

  /// As the pod starts it, at an address of its own.
  MariaDbServer start() throws IOException {
    String recorded = shop.server.dataDir().toString();
    List<String> args = new ArrayList<>(List.of("--user=root"));
    ServerArguments arguments =
        new ServerArguments(
            Map.of("datadir", recorded + "/", "log_bin_basename", recorded + "/bin"), scratch);
    for (String argument : arguments.list()) {
      if (!argument.equals("--no-defaults")
          && !argument.startsWith("--bind-address=")
          && !argument.startsWith("--port=")) {
        args.add(argument.replace(recorded, copy.toString()));
      }
    }
    server = MariaDbServer.start(MariaDbServer.Spec.of(copy, "restore", args));
    return server;
  }

  ArchivedShop.Ended replay(String... more) {
    return shop.restoreJob(Map.of(), replayArgs(more));
  }

  ArchivedShop.Ended replay(StopSignal stop, String... more) {
    return shop.restoreJob(stop, replayArgs(more));
  }

  List<String> replayArgs(String... more) {
    MariaDbServer running = java.util.Objects.requireNonNull(server);
    return replayArgsAt(running.address(), running.port(), more);
  }

  /// By another way than the server's own address.
  ArchivedShop.Ended replayAt(String host, int port) {
    return shop.restoreJob(Map.of(), replayArgsAt(host, port));
  }

  private List<String> replayArgsAt(String host, int port, String... more) {
    List<String> args = args("replay", more);
    args.addAll(List.of("--server-host", host, "--server-port", Integer.toString(port)));
    return args;
  }

  private List<String> args(String command, String... more) {
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(source);
    args.addAll(List.of("--data-dir", copy.toString(), "--scratch", scratch.toString()));
    args.addAll(List.of(more));
    return args;
  }

  /// Ends the server as the kernel would.
  void killServer() {
    java.util.Objects.requireNonNull(server).kill();
  }

  /// Waits until the server has come to a piece of the logs.
  ///
  /// @return false if the replay has ended before
  boolean awaitPiece(int number, CompletableFuture<?> replay) throws Exception {
    try (Connection connection = java.util.Objects.requireNonNull(server).connect("");
        Statement statement = connection.createStatement()) {
      while (piece(statement) < number) {
        try {
          replay.get(1, TimeUnit.MILLISECONDS); // the server tells nobody where it is
          return false;
        } catch (TimeoutException e) {
          // it goes on
        }
      }
      return true;
    }
  }

  /// The piece of the logs that the server is in; 0 in front of all.
  int piece() throws SQLException {
    try (Connection connection = java.util.Objects.requireNonNull(server).connect("");
        Statement statement = connection.createStatement()) {
      return piece(statement);
    }
  }

  private static int piece(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SHOW SLAVE STATUS")) {
      String file = row.next() ? row.getString("Relay_Log_File") : "";
      return file.isEmpty() ? 0 : Integer.parseInt(file.substring(file.lastIndexOf('.') + 1));
    }
  }

  /// All steps of a restore that shall end well.
  ArchivedShop.Ended restore(String... more) throws IOException {
    ArchivedShop.Ended inspected = inspect();
    assertThat(inspected.exit()).as(inspected.err()).isZero();
    start();
    ArchivedShop.Ended replayed = replay(more);
    assertThat(replayed.exit()).as(replayed.err()).isZero();
    return replayed;
  }

  /// Ends the server of the restore, and starts one on the same data as in service.
  MariaDbServer putInService(String... options) {
    java.util.Objects.requireNonNull(server).close();
    List<String> args = new ArrayList<>(List.of("--log-bin=bin", "--server-id=1"));
    args.addAll(List.of(options));
    server = MariaDbServer.start(MariaDbServer.Spec.of(copy, "mariadb-0", args));
    return server;
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
    }
    ArchivedShop.command("rm", "-rf", copy.toString(), scratch.toString());
  }
}
