package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.lang.reflect.Field;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The store's end of a watch, with its farewell taken off the event loop.
///
/// The store waits there until the events still under way are written, and the event loop is what
/// would write them: every request stood still for seconds when a watch was closed at the wrong
/// moment. From the close on the store must not send to it either, which it would until the end of
/// that wait, so its listener is taken out first, by its field since there is no other way.
final class WatchClosedAside extends WebSocketListener {
  private final WebSocketListener store;
  private final Set<?> listeners;

  private WatchClosedAside(WebSocketListener store, Set<?> listeners) {
    this.store = store;
    this.listeners = listeners;
  }

  /// Makes these for one store.
  static UnaryOperator<WebSocketListener> of(KubernetesCrudDispatcher store) {
    Set<?> listeners = listenersOf(store);
    return listener -> new WatchClosedAside(listener, listeners);
  }

  private static Set<?> listenersOf(KubernetesCrudDispatcher store) {
    try {
      Field field = KubernetesCrudDispatcher.class.getDeclaredField("watchEventListeners");
      field.setAccessible(true);
      return (Set<?>) field.get(store);
    } catch (ReflectiveOperationException e) {
      throw new SandboxException("fabric8's store keeps its watches elsewhere by now", e);
    }
  }

  private void leave(Runnable farewell) {
    listeners.remove(store);
    Thread.ofVirtual().start(farewell);
  }

  @Override
  public void onBeforeAccept(WebSocket socket, Response response) {
    store.onBeforeAccept(socket, response);
  }

  @Override
  public void onOpen(WebSocket socket, Response response) {
    store.onOpen(socket, response);
  }

  @Override
  public void onMessage(WebSocket socket, String text) {
    store.onMessage(socket, text);
  }

  @Override
  public void onClosing(WebSocket socket, int code, String reason) {
    leave(() -> store.onClosing(socket, code, reason));
  }

  @Override
  public void onClosed(WebSocket socket, int code, String reason) {
    leave(() -> store.onClosed(socket, code, reason));
  }

  @Override
  public void onFailure(WebSocket socket, Throwable failure, Response response) {
    leave(() -> store.onFailure(socket, failure, response));
  }
}
