package io.busbar.edge;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Hands requests for a WebSocket to the endpoint of their path. What is not accepted is answered
 * with 403, whatever the reason, an unknown path included. On the lane's context.
 */
public final class WebSocketDoor {
  private static final String UPGRADE = "upgrade";
  private static final String WEBSOCKET = "websocket";
  private static final int REFUSED = 403;

  private final WebSocketLimit limit;
  private final Map<String, WebSocketEndpoint> endpoints = new HashMap<>();

  public WebSocketDoor(WebSocketLimit limit, List<? extends WebSocketEndpoint> endpoints) {
    this.limit = limit;
    endpoints.forEach(endpoint -> this.endpoints.put(endpoint.path(), endpoint));
  }

  /** Whether the request asks for a WebSocket. */
  public static boolean asks(HttpServerRequest request) {
    String upgrade = request.headers().get(UPGRADE);
    return upgrade != null
        && request.version() == HttpVersion.HTTP_1_1
        && WEBSOCKET.equalsIgnoreCase(upgrade.trim());
  }

  /** Takes or refuses a request that asks for one. */
  public void take(FrontLane front, HttpServerRequest request) {
    WebSocketEndpoint endpoint = endpoints.get(Answer.path(request));
    Failure refused;
    if (endpoint == null) {
      refused = Failure.of(FailureCode.NOT_FOUND, "no WebSocket endpoint has this path");
    } else if (front.draining()) {
      refused = Failure.of(FailureCode.DRAINING, "the node is stopping");
    } else {
      refused = endpoint.refuses(request);
    }
    if (refused == null && !limit.enter()) {
      refused = Failure.of(FailureCode.UNAVAILABLE, "Maximum connections reached");
    }
    Place place = null;
    if (refused == null) {
      place = endpoint.enters(request);
      refused = place.refused();
      if (refused != null) {
        limit.leave();
      }
    }
    if (refused != null) {
      request.response().putHeader(Headers.CONNECTION, "close");
      Answer.refuse(front, request, refused.withStatus(REFUSED));
      return;
    }
    accept(front, request, endpoint, place);
  }

  private void accept(
      FrontLane front, HttpServerRequest request, WebSocketEndpoint endpoint, Place place) {
    Peer peer = front.exchangeBegun(request.connection());
    Runnable left =
        () -> {
          limit.leave();
          place.leave();
          front.exchangeEnded(peer);
          // The upgraded connection does not tell the server's handler of its end.
          front.disconnected(request.connection());
        };
    request
        .toWebSocket()
        .onSuccess(socket -> opened(endpoint, socket, place, left))
        .onFailure(
            broken -> {
              limit.leave();
              place.leave();
              front.exchangeEnded(peer);
            });
  }

  private void opened(
      WebSocketEndpoint endpoint, ServerWebSocket socket, Place place, Runnable left) {
    MessageSocket messages = new MessageSocket(socket, endpoint.maxMessage(), left, limit::fault);
    messages.listen(endpoint.opened(messages, place));
  }
}
