package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.WebSocketListener;
import io.fabric8.mockwebserver.vertx.HttpServerRequestHandler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// The Kubernetes API over plain HTTP: fabric8's object store behind a chain of what it lacks, with
/// faults before both.
///
/// All requests are handled on one event loop, one after the other, so a check in the chain and the
/// change in the store cannot be torn apart.
final class ApiServer implements AutoCloseable {

  /// What the sandbox's own controllers call themselves: faults pass them by.
  static final String CONTROLLERS = "sandbox-controllers";

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  /// A step before the object store: an answer, or the next one's turn.
  interface Step {
    Optional<MockResponse> answer(RecordedRequest request);
  }

  private final Faults faults = new Faults();
  private final List<ApiRequest> log = new ArrayList<>();
  private final KubernetesCrudDispatcher store = new KubernetesCrudDispatcher(SnapshotApi.KINDS);
  private final UnaryOperator<WebSocketListener> watchEnds = WatchClosedAside.of(store);
  private final List<Step> steps =
      List.of(
          new Discovery(),
          new DeletePreconditions(store),
          new DryRunCreation(store),
          new MergePatch(store));
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;

  ApiServer() {
    HttpServerRequestHandler normally =
        new HttpServerRequestHandler(vertx) {
          @Override
          protected MockResponse onHttpRequest(RecordedRequest request) {
            return respond(request);
          }
        };
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setHttp2ClearTextEnabled(false))
            .requestHandler(request -> receive(request, normally));
    await(server.listen());
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  Faults faults() {
    return faults;
  }

  List<ApiRequest> requests() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  private void receive(HttpServerRequest request, HttpServerRequestHandler normally) {
    String verb = verb(request.method().name(), request.uri());
    String userAgent = Objects.requireNonNullElse(request.getHeader("User-Agent"), "");
    Optional<FaultRule.Fault> fault =
        userAgent.equals(CONTROLLERS) ? Optional.empty() : faults.take(verb, request.uri());
    if (fault.isEmpty()) {
      normally.handle(request);
      return;
    }
    switch (fault.get()) {
      case FaultRule.Fault.Delay(Duration by) -> {
        request.pause();
        vertx.setTimer(Math.max(1, by.toMillis()), timer -> normally.handle(request));
      }
      case FaultRule.Fault.Answer answer -> {
        record(verb, request.uri(), answer.status(), userAgent);
        sendFault(request.response(), answer);
      }
      case FaultRule.Fault.Drop() -> {
        record(verb, request.uri(), 0, userAgent);
        request.connection().close();
      }
    }
  }

  private static void sendFault(HttpServerResponse response, FaultRule.Fault.Answer answer) {
    response.setStatusCode(answer.status());
    response.putHeader("Content-Type", "application/json");
    response.putHeader("Date", httpDate());
    if (answer.retryAfter().isPositive()) {
      response.putHeader("Retry-After", Long.toString(answer.retryAfter().toSeconds()));
    }
    response.end(StatusBody.of(answer.status(), "a fault that the sandbox was told to make"));
  }

  private MockResponse respond(RecordedRequest request) {
    MockResponse response = answer(request);
    String verb = verb(request.getMethod(), request.getPath());
    boolean watch = response.getWebSocketListener() != null;
    record(
        verb,
        request.getPath(),
        watch ? 101 : response.code(),
        Objects.requireNonNullElse(request.getHeader("User-Agent"), ""));
    return watch
        ? response.withWebSocketUpgrade(watchEnds.apply(response.getWebSocketListener()))
        : complete(response);
  }

  /// Whatever goes wrong in here is an answer too: a client that gets none waits until it gives up.
  private MockResponse answer(RecordedRequest request) {
    try {
      return steps.stream()
          .flatMap(step -> step.answer(request).stream())
          .findFirst()
          .orElseGet(() -> store.dispatch(request));
    } catch (RuntimeException e) { // a patch that does not apply, for instance
      String message = "the object store cannot apply this: " + e.getMessage();
      return new MockResponse().setResponseCode(422).setBody(StatusBody.of(422, message));
    }
  }

  /// The store leaves out headers and the bodies of errors that every real API server sends.
  private static MockResponse complete(MockResponse response) {
    if (response.code() >= 400 && (response.getBody() == null || response.getBody().size() == 0)) {
      response.setBody(StatusBody.of(response.code(), "the object store refuses"));
    }
    return response.setHeader("Date", httpDate()).setHeader("Content-Type", "application/json");
  }

  private static String httpDate() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
  }

  private static String verb(String method, String uri) {
    return method.equals("GET") && uri.contains("watch=true") ? "WATCH" : method;
  }

  private void record(String verb, String path, int status, String userAgent) {
    synchronized (log) {
      log.add(new ApiRequest(Instant.now(), verb, path, status, userAgent));
    }
  }

  @Override
  public void close() {
    await(server.close());
    await(vertx.close());
  }

  private static <T> void await(io.vertx.core.Future<T> future) {
    try {
      future.toCompletionStage().toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("Interrupted while waiting for the API server", e);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new SandboxException("The API server does not start or stop", e);
    }
  }
}
