package dev.snapshotjobs.sandbox;

import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.vertx.ServerWebSocketHandler;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;
import java.util.Objects;

/// One request and its answer, between Vert.x and the words of the object store.
///
/// In place of fabric8's own handler, which sends an answer in the moment it has it.
///
/// @param verb the HTTP method, or `WATCH`
record Exchange(HttpServerRequest request, String verb, String userAgent) {

  /// The request is held from now on, until it is read.
  static Exchange of(HttpServerRequest request) {
    request.pause();
    String method = request.method().name();
    boolean watch = method.equals("GET") && request.uri().contains("watch=true");
    return new Exchange(
        request,
        watch ? "WATCH" : method,
        Objects.requireNonNullElse(request.getHeader("User-Agent"), ""));
  }

  String path() {
    return request.uri();
  }

  Future<Buffer> body() {
    if (isUpgrade()) { // has no body, and one who waits for its end cannot upgrade any more
      return Future.succeededFuture(Buffer.buffer());
    }
    request.resume();
    return request.body();
  }

  private boolean isUpgrade() {
    String upgrade = Objects.requireNonNullElse(request.getHeader("Upgrade"), "");
    return upgrade.toLowerCase(Locale.ROOT).contains("websocket");
  }

  /// As the object store wants it; it can be read once.
  RecordedRequest recorded(Buffer body) {
    return new RecordedRequest(
        request.version().alpnName().toUpperCase(Locale.ROOT),
        HttpMethod.fromVertx(request.method()),
        request.uri(),
        Headers.builder().addAll(request.headers()).build(),
        new io.fabric8.mockwebserver.http.Buffer(body.length() == 0 ? null : body.getBytes()));
  }

  void send(RecordedRequest recorded, MockResponse answer) {
    if (answer.getWebSocketListener() != null) {
      request
          .toWebSocket()
          .onSuccess(new ServerWebSocketHandler(recorded, answer))
          .onFailure(failure -> drop());
      return;
    }
    HttpServerResponse response = request.response().setStatusCode(answer.code());
    answer.getHeaders().toMultimap().forEach(response::putHeader);
    if (answer.getBody() == null || answer.getBody().size() == 0) {
      response.end();
    } else {
      response.end(Buffer.buffer(answer.getBody().getBytes()));
    }
  }

  /// No answer: the connection is closed.
  void drop() {
    request.connection().close();
  }
}
