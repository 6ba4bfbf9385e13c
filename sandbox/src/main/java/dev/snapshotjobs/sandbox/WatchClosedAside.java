package dev.snapshotjobs.sandbox;

import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;

/// The store's end of a watch, with its farewell taken off the event loop.
///
/// The store waits there until the events still under way are written, and the event loop is what
/// would write them: every request stood still for seconds when a watch was closed at the wrong
/// moment.
final class WatchClosedAside extends WebSocketListener {
  private final WebSocketListener store;

  WatchClosedAside(WebSocketListener store) {
    this.store = store;
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
    Thread.ofVirtual().start(() -> store.onClosing(socket, code, reason));
  }

  @Override
  public void onClosed(WebSocket socket, int code, String reason) {
    Thread.ofVirtual().start(() -> store.onClosed(socket, code, reason));
  }

  @Override
  public void onFailure(WebSocket socket, Throwable failure, Response response) {
    Thread.ofVirtual().start(() -> store.onFailure(socket, failure, response));
  }
}
