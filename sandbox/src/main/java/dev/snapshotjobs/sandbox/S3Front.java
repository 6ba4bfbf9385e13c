package dev.snapshotjobs.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// What clients of the object store talk to: passes each request on, byte for byte where its
/// signature looks, unless a fault says otherwise. Each request has a thread of its own.
public final class S3Front implements AutoCloseable {

  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "content-length", "date", "expect", "keep-alive", "transfer-encoding");

  private final S3Faults faults;
  private final Actions actions;
  private final List<S3Request> log;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String scheme;
  private final HttpServer server;
  private final InetSocketAddress store;

  /// What a front notes down, and what it does wrong.
  record Watched(S3Faults faults, Actions actions, List<S3Request> log) {}

  /// A `port` of 0 is any free one. With a certificate the front speaks TLS, and nothing else.
  S3Front(int port, InetSocketAddress store, Optional<TlsCertificate> certificate, Watched watched)
      throws IOException {
    this.store = store;
    faults = watched.faults();
    actions = watched.actions();
    log = watched.log();
    scheme = certificate.isPresent() ? "https" : "http";
    server = listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), certificate);
    server.setExecutor(threads);
    server.createContext("/", this::receive);
    server.start();
  }

  private static HttpServer listen(InetSocketAddress address, Optional<TlsCertificate> certificate)
      throws IOException {
    if (certificate.isEmpty()) {
      return HttpServer.create(address, 0);
    }
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.get().context()));
    return server;
  }

  /// Before a store that others have started.
  public static S3Front before(InetSocketAddress store) {
    try {
      return new S3Front(
          0,
          store,
          Optional.empty(),
          new Watched(new S3Faults(), new Actions(), new CopyOnWriteArrayList<>()));
    } catch (IOException e) {
      throw new SandboxException("Nothing listens before the object store", e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  public URI endpoint() {
    return URI.create(scheme + "://127.0.0.1:" + port());
  }

  public S3Faults faults() {
    return faults;
  }

  private void receive(HttpExchange exchange) throws IOException {
    // Closing it before the whole answer was sent closes the connection too.
    try (exchange) {
      try {
        serve(exchange, exchange.getRequestBody().readAllBytes());
      } catch (RuntimeException | Error e) {
        // A hook has failed, which the test learns of in the end.
        send(exchange, S3Reply.error(500, "InternalError"));
      }
    }
  }

  private void serve(HttpExchange exchange, byte[] body) throws IOException {
    runHooks(Hook.Moment.BEFORE, exchange);
    Optional<S3FaultRule.Fault> fault = faults.take(operationOf(exchange), pathOf(exchange));
    if (fault.isEmpty()) {
      send(exchange, carryOut(exchange, body));
      return;
    }
    switch (fault.get()) {
      case S3FaultRule.Fault.Answer(int status, String code) ->
          send(exchange, S3Reply.error(status, code));
      case S3FaultRule.Fault.Delay(Duration by) -> {
        pause(by);
        send(exchange, carryOut(exchange, body));
      }
      case S3FaultRule.Fault.Drop() -> record(exchange, 0);
      case S3FaultRule.Fault.LoseAnswer() -> {
        carryOut(exchange, body).close();
        record(exchange, 0);
      }
      case S3FaultRule.Fault.LieAfterwards(int status, String code) -> {
        carryOut(exchange, body).close();
        send(exchange, S3Reply.error(status, code));
      }
      case S3FaultRule.Fault.Truncate(int after) ->
          sendPart(exchange, carryOut(exchange, body), after);
      case S3FaultRule.Fault.Corrupt() -> {
        body[body.length / 2] ^= 1;
        send(exchange, carryOut(exchange, body));
      }
    }
  }

  private void runHooks(Hook.Moment moment, HttpExchange exchange) {
    faults.takeActions(moment, operationOf(exchange), pathOf(exchange)).forEach(actions::run);
  }

  /// As HTTP/1.0, so that the end of the connection is the end of the answer.
  private S3Reply carryOut(HttpExchange exchange, byte[] body) throws IOException {
    StringBuilder head = new StringBuilder();
    head.append(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " HTTP/1.0\r\n");
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> head.append(name + ": " + value + "\r\n"));
              }
            });
    head.append("Content-Length: " + body.length + "\r\n\r\n");
    // Closed with the reply, whose body it brings.
    Socket socket = new Socket(store.getAddress(), store.getPort());
    socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().write(body);
    S3Reply reply = S3Reply.read(socket.getInputStream());
    runHooks(Hook.Moment.AFTER, exchange);
    return reply;
  }

  private void send(HttpExchange exchange, S3Reply reply) throws IOException {
    sendPart(exchange, reply, reply.length());
  }

  private void sendPart(HttpExchange exchange, S3Reply reply, long bytes) throws IOException {
    try (reply) {
      record(exchange, bytes < reply.length() ? 0 : reply.status());
      boolean head = exchange.getRequestMethod().equals("HEAD");
      for (S3Reply.Header header : reply.headers()) {
        boolean sizeOfObject = head && header.is("content-length");
        if (sizeOfObject || !OF_THE_CONNECTION.contains(header.name().toLowerCase(Locale.ROOT))) {
          exchange.getResponseHeaders().add(header.name(), header.value());
        }
      }
      boolean empty = head || reply.length() == 0;
      exchange.sendResponseHeaders(reply.status(), empty ? -1 : reply.length());
      if (!empty) {
        copy(reply.body(), exchange.getResponseBody(), bytes);
      }
    }
  }

  private static void copy(InputStream from, OutputStream to, long bytes) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long left = bytes; left > 0; ) {
      int read = from.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        return;
      }
      to.write(buffer, 0, read);
      left -= read;
    }
    to.flush();
  }

  private void record(HttpExchange exchange, int status) {
    log.add(new S3Request(Instant.now(), operationOf(exchange), pathOf(exchange), status));
  }

  private static S3Operation operationOf(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    return S3Operation.of(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getRawPath(),
        query == null ? "" : query);
  }

  private static String pathOf(HttpExchange exchange) {
    return exchange.getRequestURI().toString();
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server stops
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
