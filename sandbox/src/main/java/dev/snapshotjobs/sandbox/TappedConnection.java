package dev.snapshotjobs.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// A client's connection to a [SqlTap] and the tap's own to the server; each direction has a
/// thread.
final class TappedConnection {

  private static final int BUFFER_BYTES = 1 << 16;

  /// A command that waits for its answer, which begins with a packet of this number.
  ///
  /// @param sql empty for a command that is no statement
  private record Asked(String sql, int firstOfAnswer) {}

  private interface Direction {
    void pump() throws IOException, InterruptedException;
  }

  private final SqlTap tap;
  private final int number;
  private final Socket client;
  private final Queue<Asked> asked = new ArrayDeque<>();
  private @Nullable Socket server;
  private boolean ended;

  TappedConnection(SqlTap tap, int number, Socket client) {
    this.tap = tap;
    this.number = number;
    this.client = client;
  }

  /// Returns at the end of the connection.
  void run() {
    orReset(
        () -> {
          tap.network().pass();
          Socket opened = tap.connectToServer();
          adopt(opened);
          Thread answers =
              Thread.ofVirtual()
                  .name("sql-tap-answers-" + number)
                  .start(() -> orReset(() -> passAnswers(opened)));
          passCommands(opened);
          answers.join();
        });
    end(false);
    tap.forget(this);
  }

  private void orReset(Direction direction) {
    try {
      direction.pump();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reset();
    } catch (IOException | RuntimeException | Error e) {
      reset(); // one side is gone, or an action has failed, which closing the tap tells
    }
  }

  private synchronized void adopt(Socket opened) throws IOException {
    server = opened;
    if (ended) {
      opened.close();
    }
    client.setTcpNoDelay(true);
    opened.setTcpNoDelay(true);
  }

  private void passCommands(Socket to) throws IOException, InterruptedException {
    InputStream from = new BufferedInputStream(client.getInputStream(), BUFFER_BYTES);
    for (var next = WireMessage.read(from); next.isPresent(); next = WireMessage.read(from)) {
      WireMessage message = next.get();
      Optional<String> sql = message.statement();
      if (sql.isPresent()) {
        String passed = tap.onStatement(number, sql.get());
        message = passed.equals(sql.get()) ? message : WireMessage.query(passed);
      }
      if (message.isAnswered()) {
        synchronized (asked) {
          asked.add(new Asked(sql.orElse(""), message.nextSequence()));
        }
      }
      pass(message, to);
    }
    endOf(to);
  }

  private void passAnswers(Socket from) throws IOException, InterruptedException {
    InputStream answers = new BufferedInputStream(from.getInputStream(), BUFFER_BYTES);
    for (var next = WireMessage.read(answers); next.isPresent(); next = WireMessage.read(answers)) {
      if (beginsAnswer(next.get()) instanceof Asked(String sql, _) && !sql.isEmpty()) {
        tap.onAnswer(sql);
      }
      pass(next.get(), client);
    }
    endOf(client);
  }

  /// Numbers come round again in a long answer; but then its client does not wait for another one,
  /// unless it sends ahead, which Connector/J does only while it logs in.
  private @Nullable Asked beginsAnswer(WireMessage message) {
    synchronized (asked) {
      Asked first = asked.peek();
      return first != null && first.firstOfAnswer() == message.sequence() ? asked.poll() : null;
    }
  }

  private void pass(WireMessage message, Socket to) throws IOException, InterruptedException {
    tap.network().pass();
    to.getOutputStream().write(message.wire());
  }

  private void endOf(Socket to) throws IOException, InterruptedException {
    tap.network().pass();
    to.shutdownOutput();
  }

  void reset() {
    end(true);
  }

  private synchronized void end(boolean abruptly) {
    ended = true;
    close(client, abruptly);
    if (server != null) {
      close(server, abruptly);
    }
  }

  private static void close(Socket socket, boolean abruptly) {
    try {
      if (abruptly) {
        socket.setSoLinger(true, 0); // RST instead of FIN
      }
      socket.close();
    } catch (IOException e) {
      // closed already
    }
  }
}
