package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.sandbox.MariaDbServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/// What a Service over several pods does: each connection ends at the next server in turn.
final class Balancer implements AutoCloseable {
  private final ServerSocket door;

  private Balancer(ServerSocket door) {
    this.door = door;
  }

  static Balancer over(List<MariaDbServer> servers) throws IOException {
    ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                for (int turn = 0; ; turn++) {
                  MariaDbServer server = servers.get(turn % servers.size());
                  join(door.accept(), new Socket(server.address(), server.port()));
                }
              } catch (IOException closed) {
                // The test is over.
              }
            });
    return new Balancer(door);
  }

  private static void join(Socket client, Socket server) {
    Thread.ofVirtual().start(() -> pump(client, server));
    Thread.ofVirtual().start(() -> pump(server, client));
  }

  private static void pump(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException closed) {
      // One side has gone, and this ends the other.
    }
  }

  int port() {
    return door.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
