package io.busbar.fnlb;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.call.Calls;
import io.busbar.edge.Answer;
import io.busbar.edge.CallExchange;
import io.busbar.edge.EdgeServer;
import io.busbar.edge.FrontLane;
import io.busbar.edge.Headers;
import io.busbar.edge.Peer;
import io.busbar.failure.Failure;
import io.busbar.security.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/** Fn's load balancer surface on one lane. All lanes of a node listen on the same port. */
public final class FnLbFront implements LaneMember {
  /** All lanes share one free port under the same negative number; the value is arbitrary. */
  private static final int ANY_SHARED_PORT = -8081;

  private final FnLbNode node;
  private final Function<Lane, Calls> calls;
  private final EdgeServer edge;
  private FrontLane front;
  private FnCalls made;
  private Functions functions;
  private ControlApi api;

  FnLbFront(FnLbNode node, Function<Lane, Calls> calls) {
    this.node = node;
    this.calls = calls;
    this.edge = new EdgeServer(node.edge(), FnAnswer.REFUSAL, ANY_SHARED_PORT);
  }

  @Override
  public Future<?> start(Lane lane) {
    front = edge.open(lane, calls.apply(lane));
    FnLbOptions options = node.options();
    made = new FnCalls(lane, front, node.routes(), node.affinity(), options.extensions());
    functions =
        new Functions(options.functions(), lookups(lane, options), options.api().maxEntries());
    return edge.listen(this::requested);
  }

  /** Null = no control API. */
  private Function<String, Future<JsonObject>> lookups(Lane lane, FnLbOptions options) {
    if (options.api().url().isEmpty()) {
      return null;
    }
    Vertx vertx = lane.context().owner();
    ApiMeters meters = new ApiMeters(node.edge().registry());
    api = new ControlApi(vertx, options.api(), meters);
    return new ApiCache(options.api(), api::get, lane::now, meters)::get;
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
    Headers.checkCount(request.headers(), front.options());
    FnPath path = FnPath.of(request);
    switch (path.kind()) {
      case PING -> answer(request, new JsonObject().put("gateway", "busbar"));
      case VERSION -> answer(request, new JsonObject().put("version", node.options().version()));
      default -> call(request, path);
    }
  }

  private void answer(HttpServerRequest request, JsonObject json) {
    request.response().putHeader(Headers.CONTENT_TYPE, "application/json; charset=utf-8");
    Buffer body = json.toBuffer();
    Answer.end(front, request, body);
  }

  private void call(HttpServerRequest request, FnPath path) {
    Failure refused = front.refuses(request, Role.CALL);
    if (refused == null) {
      refused = CallExchange.refuses(front, request);
    }
    if (refused != null) {
      Answer.refuse(front, request, refused);
      return;
    }
    Future<FnFunction> found = functions.find(path);
    if (found.succeeded()) {
      start(request, path, found.result());
    } else {
      whenFound(request, path, found);
    }
  }

  /** The body stays with the client until it is known what it is for. */
  private void whenFound(HttpServerRequest request, FnPath path, Future<FnFunction> found) {
    request.pause();
    Peer peer = front.exchangeBegun(request.connection());
    found.onComplete(
        done -> {
          HttpServerResponse response = request.response();
          if (!response.closed() && !response.ended()) {
            if (done.succeeded()) {
              start(request, path, done.result());
            } else {
              request.handler(dropped -> {});
              request.resume();
              Answer.refuse(front, request, Failure.of(done.cause()));
            }
          }
          front.exchangeEnded(peer);
        });
  }

  private void start(HttpServerRequest request, FnPath path, FnFunction function) {
    FnCalls.Made call = made.make(request, path, function);
    CallExchange.start(front, call.answer(), request, call.request());
  }

  @Override
  public Future<?> drain() {
    return edge.drain();
  }

  @Override
  public Future<?> stop() {
    Future<?> closed = edge.stop();
    return api == null ? closed : Future.join(closed, api.close());
  }
}
