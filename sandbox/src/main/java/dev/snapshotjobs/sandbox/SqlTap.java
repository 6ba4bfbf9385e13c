package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Another port of a MariaDB server, where a test sees each statement, can act at it, and can break
/// the network.
///
/// It knows as much of the protocol as that takes: statements that are text, on connections without
/// TLS and compression.
public final class SqlTap implements AutoCloseable {

  /// A statement as its client has sent it.
  ///
  /// @param connection counts the connections from 1
  public record Statement(int connection, String sql) {}

  private enum Moment {
    BEFORE,
    AFTER
  }

  private record Hook(Moment moment, Pattern statement, Runnable action) {}

  private record Replacement(Pattern statement, String other) {}

  private final MariaDbServer server;
  private final ServerSocket listener;
  private final Gate network = new Gate();
  private final Actions actions = new Actions();
  private final List<Statement> statements = new ArrayList<>();
  private final List<Hook> hooks = new ArrayList<>();
  private final List<Replacement> replacements = new ArrayList<>();
  private final Set<TappedConnection> connections = new LinkedHashSet<>();

  private SqlTap(MariaDbServer server, ServerSocket listener) {
    this.server = server;
    this.listener = listener;
  }

  /// Listens on the server's address and a free port.
  public static SqlTap of(MariaDbServer server) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getByName(server.address()), 0));
      SqlTap tap = new SqlTap(server, listener);
      Thread.ofVirtual().name("sql-tap").start(tap::accept);
      return tap;
    } catch (IOException e) {
      throw new SandboxException("Cannot listen on " + server.address(), e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// All statements so far, in the order of their arrival.
  public List<Statement> statements() {
    synchronized (statements) {
      return List.copyOf(statements);
    }
  }

  /// Acts once, before the first statement in which the pattern is found is passed to the server;
  /// the statement waits. A connection that the action has reset does not pass it any more.
  public void before(String statement, Runnable action) {
    add(new Hook(Moment.BEFORE, Pattern.compile(statement), action));
  }

  /// Acts once, when the server has begun to answer the first statement in which the pattern is
  /// found; the answer waits.
  public void after(String statement, Runnable action) {
    add(new Hook(Moment.AFTER, Pattern.compile(statement), action));
  }

  private void add(Hook hook) {
    synchronized (hooks) {
      hooks.add(hook);
    }
  }

  /// Passes another statement to the server, from now on and each time.
  public void replace(String statement, String other) {
    synchronized (replacements) {
      replacements.add(new Replacement(Pattern.compile(statement), other));
    }
  }

  /// A network partition: nothing passes in either direction, not even the end of a connection. Who
  /// connects gets a connection, as from a full backlog, and no greeting.
  public void cut() {
    network.set(false);
  }

  /// Ends the partition; what was sent in it arrives late.
  public void heal() {
    network.set(true);
  }

  /// Ends all connections at both ends at once, with RST.
  public void reset() {
    List<TappedConnection> now;
    synchronized (connections) {
      now = List.copyOf(connections);
      connections.clear();
    }
    now.forEach(TappedConnection::reset);
  }

  private void accept() {
    try {
      for (int number = 1; ; number++) {
        open(number, listener.accept());
      }
    } catch (IOException e) {
      reset(); // the tap was closed
    }
  }

  private void open(int number, Socket client) {
    TappedConnection connection = new TappedConnection(this, number, client);
    synchronized (connections) {
      connections.add(connection);
    }
    Thread.ofVirtual().name("sql-tap-" + number).start(connection::run);
  }

  Socket connectToServer() throws IOException {
    return new Socket(server.address(), server.port());
  }

  Gate network() {
    return network;
  }

  void forget(TappedConnection connection) {
    synchronized (connections) {
      connections.remove(connection);
    }
  }

  /// What is to be passed on; returns when all actions before it have ended.
  String onStatement(int connection, String sql) {
    synchronized (statements) {
      statements.add(new Statement(connection, sql));
    }
    act(Moment.BEFORE, sql);
    synchronized (replacements) {
      return replacements.stream()
          .filter(each -> each.statement().matcher(sql).find())
          .map(Replacement::other)
          .findFirst()
          .orElse(sql);
    }
  }

  void onAnswer(String sql) {
    act(Moment.AFTER, sql);
  }

  private void act(Moment moment, String sql) {
    List<Hook> due;
    synchronized (hooks) {
      due =
          hooks.stream()
              .filter(hook -> hook.moment() == moment && hook.statement().matcher(sql).find())
              .toList();
      hooks.removeAll(due);
    }
    due.forEach(hook -> actions.run(hook.action()));
  }

  /// Ends all connections, and throws what actions have thrown.
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new SandboxException("Cannot close the tap of " + server.address(), e);
    }
    reset();
    heal();
    actions.throwFailures();
  }
}
