package io.busbar.http;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.edge.Answer;
import io.busbar.edge.CallExchange;
import io.busbar.edge.EdgeServer;
import io.busbar.edge.FrontLane;
import io.busbar.edge.Headers;
import io.busbar.edge.TargetCheck;
import io.busbar.edge.WebSocketDoor;
import io.busbar.failure.Failure;
import io.busbar.security.Role;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Function;

/** The HTTP front side of one lane. Calls take a short way past the router. */
public final class HttpFront implements LaneMember {
  /** All lanes share one free port under the same negative number; the value is arbitrary. */
  private static final int ANY_SHARED_PORT = -8080;

  private final HttpFronts node;
  private final Function<Lane, LaneClients> clients;
  private final WebSocketDoor door;
  private final EdgeServer edge;
  private FrontLane front;
  private Handler<HttpServerRequest> api;

  HttpFront(HttpFronts node, Function<Lane, LaneClients> clients, WebSocketDoor door) {
    this.node = node;
    this.clients = clients;
    this.door = door;
    this.edge = new EdgeServer(node.edge(), ProblemSurface.CALLS, ANY_SHARED_PORT);
  }

  @Override
  public Future<?> start(Lane lane) {
    LaneClients here = clients.apply(lane);
    front = edge.open(lane, here.calls());
    api = ApiRouter.create(lane.context().owner(), lane, front, node, here);
    return edge.listen(this::requested);
  }

  /** The port in use, once started. */
  public int port() {
    return edge.port();
  }

  /** The server, once started; for whoever renews its certificates. */
  public HttpServer server() {
    return edge.server();
  }

  private void requested(HttpServerRequest request) {
    if (door != null && WebSocketDoor.asks(request)) {
      Headers.checkCount(request.headers(), front.options());
      door.take(front, request);
      return;
    }
    String pool = HttpMethod.POST.equals(request.method()) ? PoolPath.segment(request.uri()) : null;
    if (pool != null) {
      call(pool, request);
      return;
    }
    Headers.checkCount(request.headers(), front.options());
    Failure refused = TargetCheck.refuses(Answer.path(request));
    if (refused != null) {
      Answer.refuse(front, request, refused);
    } else {
      api.handle(request);
    }
  }

  private void call(String pool, HttpServerRequest request) {
    Failure refused = front.refuses(request, Role.CALL);
    if (refused == null) {
      refused = PoolPath.refuses(pool);
    }
    if (refused == null) {
      refused = CallExchange.refuses(front, request);
    }
    if (refused != null) {
      Answer.refuse(front, request, refused);
      return;
    }
    CallExchange.start(
        front, ProblemSurface.CALLS, request, CallHeaders.read(front, pool, request));
  }

  @Override
  public Future<?> drain() {
    return edge.drain();
  }

  @Override
  public Future<?> stop() {
    return edge.stop();
  }
}
