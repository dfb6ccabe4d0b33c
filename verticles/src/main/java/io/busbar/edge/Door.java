package io.busbar.edge;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerImpl;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetServerImpl;
import io.vertx.core.net.impl.NetServerInternal;
import java.util.function.Predicate;

/**
 * An HTTP server that asks at each new socket, before a byte was read from it. Vert.x tells of a
 * connection only when it knows which version of HTTP it speaks: too late for one that stays
 * silent. With TLS a socket comes here after its handshake, which has a limit of its own.
 */
final class Door extends NetServerImpl {
  private final Predicate<NetSocketInternal> admits;

  private Door(VertxInternal vertx, NetServerOptions options, Predicate<NetSocketInternal> admits) {
    super(vertx, options);
    this.admits = admits;
  }

  /**
   * A server that serves only the sockets that are admitted, and closes the others.
   *
   * @param admits asked on the context of the server, once for each socket
   */
  static HttpServer server(
      Vertx vertx, HttpServerOptions options, Predicate<NetSocketInternal> admits) {
    VertxInternal real = (VertxInternal) vertx;
    VertxInternal withDoor =
        new VertxWrapper(real) {
          @Override
          public NetServerInternal createNetServer(NetServerOptions net) {
            return new Door(real, net, admits);
          }
        };
    return new HttpServerImpl(withDoor, options);
  }

  @Override
  public NetServerInternal connectHandler(Handler<NetSocket> handler) {
    return super.connectHandler(
        socket -> {
          NetSocketInternal known = (NetSocketInternal) socket;
          if (admits.test(known)) {
            handler.handle(socket);
          } else {
            known.channelHandlerContext().close();
          }
        });
  }
}
