package io.busbar.edge;

import io.busbar.failure.Failure;
import io.vertx.core.http.HttpServerRequest;

/**
 * Takes the WebSockets of one path on one lane; the HTTP front side hands them over. Everything on
 * the lane's context.
 */
public interface WebSocketEndpoint {
  /** The path, as it stands in the request target. */
  String path();

  /** Largest message taken, in bytes; a larger one closes the socket with 1009. */
  int maxMessage();

  /**
   * Looks at the request before it is accepted.
   *
   * @return null = it is taken, unless the node has too many sockets; else why it is answered 403
   */
  Failure refuses(HttpServerRequest request);

  /** Takes a place for a request that was not refused; it is given back when the socket is gone. */
  default Place enters(HttpServerRequest request) {
    return Place.free();
  }

  /**
   * A socket is open. The returned listener hears of everything that comes.
   *
   * @param place the one it took; may be given back earlier
   */
  MessageSocket.Listener opened(MessageSocket socket, Place place);
}
