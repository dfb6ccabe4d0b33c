package io.busbar.http;

import io.busbar.bus.Lane;
import io.busbar.edge.Answer;
import io.busbar.edge.FrontLane;
import io.busbar.edge.Headers;
import io.busbar.edge.Peer;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.security.Role;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All routes but the call itself: who may ask, what is answered, and how errors look. */
final class ApiRouter {
  private static final Logger LOG = LoggerFactory.getLogger(ApiRouter.class);
  private static final String TEMPLATE = "busbar.template";

  private final FrontLane front;
  private final Router router;

  private ApiRouter(Vertx vertx, FrontLane front) {
    this.front = front;
    this.router = Router.router(vertx);
  }

  /**
   * An answer in the making.
   *
   * @param status on success
   */
  record Reply(int status, Buffer json) {
    /** The answer is given by somebody else. */
    static final Reply ELSEWHERE = new Reply(0, null);

    static Reply ok(Buffer json) {
      return new Reply(200, json);
    }
  }

  static Handler<HttpServerRequest> create(
      Vertx vertx, Lane lane, FrontLane front, HttpFronts node, LaneClients clients) {
    ApiRouter api = new ApiRouter(vertx, front);
    api.router.route().handler(api::begin);
    CallsApi calls = new CallsApi(front.calls());
    WorkersApi workers = new WorkersApi(lane, node.workers(), node.members());
    RunnersApi runners = new RunnersApi(lane, node.workers());
    NodesApi nodes = new NodesApi(lane, node.members());
    api.reading(Route.CALL_STATE, calls::state);
    api.changing(Route.CALL_CANCEL, Role.CALL, calls::cancel);
    api.reading(Route.POOLS, workers::pools);
    api.reading(Route.RUNNERS, runners::list);
    api.changing(Route.RUNNER_ADD, Role.OPERATE, runners::add);
    api.changing(Route.RUNNER_REMOVE, Role.OPERATE, runners::remove);
    api.reading(Route.WORKERS, workers::list);
    api.reading(Route.WORKER, workers::show);
    api.changing(Route.WORKER_DRAIN, Role.OPERATE, c -> workers.command(c, "drain"));
    api.changing(Route.WORKER_RESUME, Role.OPERATE, c -> workers.command(c, "resume"));
    api.reading(Route.NODES, nodes::list);
    api.reading(Route.NODE, nodes::show);
    api.changing(Route.NODE_DRAIN, Role.OPERATE, nodes::drain);
    ChannelsApi channels = new ChannelsApi(front, clients.channels());
    CommandsApi commands = new CommandsApi(clients.commands());
    api.reading(Route.CHANNELS, channels::list);
    api.reading(Route.CHANNEL, channels::show);
    api.changing(Route.CHANNEL_APPEND, Role.PUBLISH, channels::append);
    api.changing(Route.CHANNEL_FRAMES, Role.SUBSCRIBE, channels::frames);
    api.changing(Route.CHANNEL_SNAPSHOT, Role.SUBSCRIBE, channels::snapshot);
    api.changing(Route.CHANNEL_STORE, Role.PUBLISH, channels::store);
    api.reading(Route.COMMANDS, commands::targets);
    api.changing(Route.COMMAND, Role.COMMAND, commands::send);
    TrainingApi training = new TrainingApi(clients.channels(), node.trainingChannel());
    api.reading(Route.TRAINING_STATUS, training::status);
    TransportApi transport =
        new TransportApi(node.edge().registry(), clients.channels(), node.trainingChannel());
    api.reading(Route.TRANSPORT, transport::show);
    OwnersApi owners = new OwnersApi(front, clients.ownership(), clients.channels());
    api.changing(Route.OWNERS_WATCH, Role.SUBSCRIBE, owners::watch);
    api.reading(Route.OWNERS, owners::list);
    api.reading(Route.OWNER, owners::show);
    api.changing(Route.OWNER_PUT, Role.OWN, owners::put);
    api.changing(Route.OWNER_RELEASE, Role.OWN, owners::release);
    api.open(Route.OPENAPI, c -> Future.succeededFuture(Reply.ok(node.openApi())));
    api.open(Route.ASYNCAPI, c -> Future.succeededFuture(Reply.ok(node.asyncApi())));
    api.rest();
    return api.router;
  }

  private void begin(RoutingContext context) {
    HttpServerRequest request = context.request();
    long begun = System.nanoTime();
    Peer peer = front.exchangeBegun(request.connection());
    request.handler(dropped -> {});
    context.addEndHandler(
        ended -> {
          front.exchangeEnded(peer);
          String template = context.get(TEMPLATE);
          int status = request.response().ended() ? request.response().getStatusCode() : 0;
          front
              .meters()
              .exchange(
                  template == null ? Route.NONE : template, status, System.nanoTime() - begun);
        });
    context.next();
  }

  private void reading(Route route, Function<RoutingContext, Future<Reply>> answer) {
    mount(route, front::refusesReading, answer);
  }

  private void changing(Route route, Role role, Function<RoutingContext, Future<Reply>> answer) {
    mount(route, request -> front.refuses(request, role), answer);
  }

  private void open(Route route, Function<RoutingContext, Future<Reply>> answer) {
    mount(route, request -> null, answer);
  }

  private void mount(
      Route route,
      Function<HttpServerRequest, Failure> access,
      Function<RoutingContext, Future<Reply>> answer) {
    io.vertx.ext.web.Route mounted = router.route(route.routerPath()).method(route.method());
    if (HttpMethod.GET.equals(route.method())) {
      mounted.method(HttpMethod.HEAD);
    }
    mounted.handler(
        context -> {
          context.put(TEMPLATE, route.template());
          Failure refused = access.apply(context.request());
          Future<Reply> reply =
              refused != null ? Future.failedFuture(refused.toException()) : ask(answer, context);
          // One turn later, so that a small body that came with the head has been read.
          front
              .context()
              .runOnContext(v -> reply.onComplete(r -> send(context, r.result(), r.cause())));
        });
  }

  private static Future<Reply> ask(
      Function<RoutingContext, Future<Reply>> answer, RoutingContext context) {
    try {
      return answer.apply(context);
    } catch (FailureException e) {
      return Future.failedFuture(e);
    }
  }

  /** Other methods on known paths, then other paths. */
  private void rest() {
    for (String template : Route.templates()) {
      String allowed = Route.allowed(template);
      router
          .route(template.replace("{", ":").replace("}", ""))
          .handler(
              context -> {
                context.put(TEMPLATE, template);
                context.response().putHeader("allow", allowed);
                if (HttpMethod.OPTIONS.equals(context.request().method())) {
                  context.response().setStatusCode(204);
                  Answer.end(front, context.request(), null);
                } else {
                  fail(
                      context,
                      Failure.of(
                          FailureCode.METHOD_NOT_ALLOWED,
                          "the method is "
                              + Failure.shorten(context.request().method().name(), 20)
                              + ", expected one of "
                              + allowed));
                }
              });
    }
    router
        .route()
        .last()
        .handler(
            context ->
                fail(
                    context,
                    Failure.of(
                        FailureCode.NOT_FOUND,
                        "no route for '"
                            + Failure.shorten(Answer.path(context.request()), 80)
                            + "', see /openapi.json")));
    router.route().failureHandler(this::failed);
    for (int status : new int[] {400, 404, 405, 500}) {
      router.errorHandler(status, this::failed);
    }
  }

  private void failed(RoutingContext context) {
    Throwable cause = context.failure();
    if (context.statusCode() == 400 || cause instanceof IllegalArgumentException) {
      fail(
          context,
          Failure.of(
              FailureCode.INVALID_REQUEST,
              cause == null ? "the request cannot be read" : String.valueOf(cause.getMessage())));
      return;
    }
    LOG.error("a request was not handled", cause);
    fail(context, Failure.of(FailureCode.INTERNAL, "see the log of the node"));
  }

  private void fail(RoutingContext context, Failure failure) {
    Answer.refuse(front, context.request(), failure);
  }

  private void send(RoutingContext context, Reply reply, Throwable cause) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed() || reply == Reply.ELSEWHERE) {
      return;
    }
    if (cause != null) {
      if (!(cause instanceof FailureException)) {
        LOG.error("a request was not answered", cause);
      }
      fail(context, Failure.of(cause));
      return;
    }
    response.setStatusCode(reply.status());
    response.putHeader(Headers.CONTENT_TYPE, "application/json");
    Answer.end(front, context.request(), reply.json());
  }
}
