package dev.snapshotjobs.restore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Stands between a client and a server, and ends their connection before the server hears a word.
final class Eavesdropper implements AutoCloseable {
  private static final int PIECE = 64 << 10;

  private final ServerSocket door;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /// @param word that a client sends in one piece
  Eavesdropper(String host, int port, String word) throws IOException {
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(
            () -> {
              while (!door.isClosed()) {
                try {
                  Socket client = door.accept();
                  Socket server = new Socket(host, port);
                  sockets.addAll(List.of(client, server));
                  pass(client, server, word);
                  pass(server, client, "");
                } catch (IOException e) {
                  // The door was closed, or the server is not there: the client sees it.
                }
              }
            });
  }

  private void pass(Socket from, Socket to, String word) {
    Thread.ofVirtual()
        .start(
            () -> {
              byte[] piece = new byte[PIECE];
              try (from;
                  to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                int length = in.read(piece);
                while (length > 0
                    && (word.isEmpty()
                        || !new String(piece, 0, length, ISO_8859_1).contains(word))) {
                  out.write(piece, 0, length);
                  length = in.read(piece);
                }
              } catch (IOException e) {
                // One side has gone; so does the other one.
              }
            });
  }

  int port() {
    return door.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
