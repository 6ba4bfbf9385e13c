package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.WebSocketListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// The Kubernetes API over plain HTTP: fabric8's object store behind a chain of what it lacks, with
/// faults and hooks before both.
///
/// All requests are handled on one event loop, one after the other, so a check in the chain and the
/// change in the store cannot be torn apart.
final class ApiServer implements AutoCloseable {

  /// What the sandbox's own controllers call themselves: faults pass them by.
  static final String CONTROLLERS = "sandbox-controllers";

  /// What [Sandbox#client()] calls itself: hooks pass it by, since their actions use it.
  static final String CLIENT = "sandbox-client";

  private static final FaultRule.Fault.Answer HOOK_FAILED =
      new FaultRule.Fault.Answer(500, Duration.ZERO);
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  /// A step before the object store: an answer, or the next one's turn.
  interface Step {
    Optional<MockResponse> answer(RecordedRequest request);
  }

  private final Faults faults = new Faults();
  private final Actions actions = new Actions();
  private final List<ApiRequest> log = new ArrayList<>();
  private final KubernetesCrudDispatcher store = new KubernetesCrudDispatcher(SnapshotApi.KINDS);
  private final UnaryOperator<WebSocketListener> watchEnds = WatchClosedAside.of(store);
  private final Discovery discovery = new Discovery();
  private final List<Step> steps =
      List.of(
          discovery,
          new DeletePreconditions(store),
          new DryRunCreation(store),
          new MergePatch(store));
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;

  ApiServer() {
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setHttp2ClearTextEnabled(false))
            .requestHandler(request -> receive(Exchange.of(request)));
    await(server.listen());
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  Faults faults() {
    return faults;
  }

  void serve(SnapshotCrds crds) {
    discovery.setSnapshotCrds(crds);
  }

  List<ApiRequest> requests() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  private void receive(Exchange exchange) {
    runHooks(Hook.Moment.BEFORE, exchange)
        .onSuccess(done -> handle(exchange))
        .onFailure(failure -> sendFault(exchange, HOOK_FAILED));
  }

  /// The actions are awaited aside, so that they can use the API.
  private Future<?> runHooks(Hook.Moment moment, Exchange exchange) {
    List<Runnable> due =
        exchange.userAgent().equals(CONTROLLERS) || exchange.userAgent().equals(CLIENT)
            ? List.of()
            : faults.takeActions(moment, exchange.verb(), exchange.path());
    Future<?> done = Future.succeededFuture();
    for (Runnable action : due) {
      done = done.compose(before -> runAside(action));
    }
    return done;
  }

  private Future<?> runAside(Runnable action) {
    return vertx.executeBlocking(
        () -> {
          actions.run(action);
          return action;
        },
        false);
  }

  private void handle(Exchange exchange) {
    Optional<FaultRule.Fault> fault =
        exchange.userAgent().equals(CONTROLLERS)
            ? Optional.empty()
            : faults.take(exchange.verb(), exchange.path());
    if (fault.isEmpty()) {
      carryOut(exchange, Telling.FIRST);
      return;
    }
    switch (fault.get()) {
      case FaultRule.Fault.Delay(Duration by) ->
          vertx.setTimer(Math.max(1, by.toMillis()), timer -> carryOut(exchange, Telling.FIRST));
      case FaultRule.Fault.Answer answer -> sendFault(exchange, answer);
      case FaultRule.Fault.Drop() -> drop(exchange);
      case FaultRule.Fault.LoseAnswer() -> carryOut(exchange, Telling.NONE);
      case FaultRule.Fault.ArriveTwice() -> carryOut(exchange, Telling.SECOND);
    }
  }

  private void drop(Exchange exchange) {
    record(exchange, 0);
    exchange.drop();
  }

  private void sendFault(Exchange exchange, FaultRule.Fault.Answer answer) {
    record(exchange, answer.status());
    exchange.request().resume(); // nobody reads it, and the next one on the connection is behind it
    HttpServerResponse response = exchange.request().response();
    response.setStatusCode(answer.status());
    response.putHeader("Content-Type", "application/json");
    response.putHeader("Date", httpDate());
    if (answer.retryAfter().isPositive()) {
      response.putHeader("Retry-After", Long.toString(answer.retryAfter().toSeconds()));
    }
    response.end(StatusBody.of(answer.status(), "a fault that the sandbox was told to make"));
  }

  /// Which answer the client learns of; with a second one there is a second request.
  private enum Telling {
    NONE,
    FIRST,
    SECOND
  }

  private void carryOut(Exchange exchange, Telling telling) {
    exchange
        .body()
        .onSuccess(
            body -> {
              RecordedRequest request = exchange.recorded(body);
              MockResponse first = answer(request);
              MockResponse answer =
                  telling == Telling.SECOND ? answer(exchange.recorded(body)) : first;
              runHooks(Hook.Moment.AFTER, exchange)
                  .onSuccess(done -> finish(exchange, request, answer, telling))
                  .onFailure(failure -> sendFault(exchange, HOOK_FAILED));
            })
        .onFailure(failure -> exchange.drop()); // the client has gone
  }

  private void finish(
      Exchange exchange, RecordedRequest request, MockResponse answer, Telling telling) {
    if (telling == Telling.NONE) {
      drop(exchange);
      return;
    }
    boolean watch = answer.getWebSocketListener() != null;
    record(exchange, watch ? 101 : answer.code());
    exchange.send(
        request,
        watch
            ? answer.withWebSocketUpgrade(watchEnds.apply(answer.getWebSocketListener()))
            : complete(answer));
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
    if (response.header("Content-Type") == null) {
      response.setHeader("Content-Type", "application/json");
    }
    return response.setHeader("Date", httpDate());
  }

  private static String httpDate() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
  }

  private void record(Exchange exchange, int status) {
    synchronized (log) {
      log.add(
          new ApiRequest(
              Instant.now(), exchange.verb(), exchange.path(), status, exchange.userAgent()));
    }
  }

  @Override
  public void close() {
    await(server.close());
    await(vertx.close());
  }

  /// Throws what the actions of hooks have thrown.
  void throwFailures() {
    actions.throwFailures();
  }

  private static <T> void await(Future<T> future) {
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
