package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.ControlPlaneGrpcService;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.gocart.wire.PingReply;
import io.busbar.gocart.wire.WatchMembershipRequest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** A foreign host on a real port whose answers a test decides; null = it says nothing. */
final class ScriptedHost implements AutoCloseable {
  /** Who pinged, by its own word, oldest first. */
  final List<String> pingedBy = new CopyOnWriteArrayList<>();

  final List<NegotiateRequest> negotiated = new CopyOnWriteArrayList<>();
  final List<OwnerChangeRequest> asked = new CopyOnWriteArrayList<>();
  final List<ClosingNotice> closed = new CopyOnWriteArrayList<>();

  /** Who asked for the members, and how. */
  final List<WatchMembershipRequest> watched = new CopyOnWriteArrayList<>();

  /** Those that have not gone away by themselves. */
  final List<GrpcServerResponse<WatchMembershipRequest, MembershipEvent>> watchers =
      new CopyOnWriteArrayList<>();

  /** What becomes of a watcher; a test writes to it or ends it. */
  volatile Consumer<GrpcServerResponse<WatchMembershipRequest, MembershipEvent>> watcher =
      response -> response.status(GrpcStatus.UNIMPLEMENTED).end();

  volatile Function<ClosingNotice, OwnerChangeAck> closing = notice -> yes();
  volatile Function<OwnerChangeRequest, OwnerChangeAck> votes = request -> yes();
  volatile Function<PingReply, PingReply> pong = reply -> reply;
  volatile List<HostName> healthy = List.of();
  volatile long viewEpoch;
  volatile CartIdsReply owned = CartIdsReply.getDefaultInstance();
  private final HttpServer server;
  private final HostName name;

  ScriptedHost(Vertx vertx) {
    GrpcServer grpc = GrpcServer.server(vertx);
    server = Station.await(vertx.createHttpServer().requestHandler(grpc).listen(0, "127.0.0.1"));
    name = new HostName("127.0.0.1", server.actualPort());
    grpc.callHandler(
        ControlPlaneGrpcService.Ping,
        request ->
            request.handler(
                question -> {
                  pingedBy.add(String.valueOf(request.headers().get(Caller.HOST_METADATA)));
                  PingReply said =
                      pong.apply(PingReply.newBuilder().setHost(name.toString()).build());
                  if (said != null) {
                    request.response().end(said);
                  }
                }));
    on(
        grpc,
        ControlPlaneGrpcService.Negotiate,
        request -> {
          negotiated.add(request);
          NegotiateReply.Builder reply =
              NegotiateReply.newBuilder().addHosts(name.toString()).setViewEpoch(viewEpoch);
          healthy.forEach(host -> reply.addHosts(host.toString()));
          return reply.build();
        });
    grpc.callHandler(
        ControlPlaneGrpcService.WatchMembership,
        request ->
            request.handler(
                wish -> {
                  GrpcServerResponse<WatchMembershipRequest, MembershipEvent> response =
                      request.response();
                  request.errorHandler(error -> watchers.remove(response));
                  response.exceptionHandler(cause -> watchers.remove(response));
                  watchers.add(response);
                  watched.add(wish);
                  watcher.accept(response);
                }));
    on(grpc, ControlPlaneGrpcService.GetCartIds, q -> owned);
    on(
        grpc,
        ControlPlaneGrpcService.Closing,
        notice -> {
          closed.add(notice);
          return closing.apply(notice);
        });
    on(
        grpc,
        ControlPlaneGrpcService.ConfirmOwner,
        request -> {
          asked.add(request);
          return votes.apply(request);
        });
  }

  private static <Q, R> void on(
      GrpcServer grpc, ServiceMethod<Q, R> method, Function<Q, R> answer) {
    grpc.callHandler(
        method,
        request ->
            request.handler(
                question -> {
                  R said = answer.apply(question);
                  if (said != null) {
                    request.response().end(said);
                  }
                }));
  }

  HostName name() {
    return name;
  }

  /** As a host of the first version lists them. */
  static CartIdsReply owns(String... keys) {
    return CartIdsReply.newBuilder().addAllCartIds(List.of(keys)).build();
  }

  static OwnerChangeAck yes() {
    return OwnerChangeAck.newBuilder().setAccepted(true).build();
  }

  static OwnerChangeAck no(String text) {
    return OwnerChangeAck.newBuilder().setMessage(text).build();
  }

  @Override
  public void close() {
    Station.await(server.close());
  }
}
