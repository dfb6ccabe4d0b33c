package io.busbar.controlplane;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.busbar.controlplane.core.Action.Alarm;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.Empty;
import io.busbar.gocart.wire.HealthInfo;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.gocart.wire.PingReply;
import io.busbar.gocart.wire.WatchMembershipRequest;
import io.busbar.member.Members;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.common.WireFormat;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The RPCs on one lane. They answer from the last view and from the ownership map; odd content gets
 * an answer, never an error, since an error looks like a dead host to a caller.
 */
final class ControlPlaneMethods {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlaneMethods.class);
  private static final ServiceName LINE_A = ServiceName.create("messages", "ControlPlane");
  private static final ServiceName LINE_D =
      ServiceName.create("control_plane_messages", "ControlPlane");
  private static final int MOST_WATCHES = 1000;

  private final ControlPlaneNode node;
  private final Vertx vertx;
  private final Members members;
  private final OwnerVotes votes;
  private final Rights rights;
  private final GrpcHealth health;
  private final OwnedKeys keys;
  private final Set<MembershipWatch> watches = new HashSet<>();

  ControlPlaneMethods(ControlPlaneNode node, Vertx vertx, Members members, Ownership ownership) {
    this.vertx = vertx;
    this.node = node;
    this.members = members;
    this.votes =
        new OwnerVotes(
            ownership,
            node::view,
            host -> node.tellDesk(desk -> desk.learn(List.of(host.toString()))),
            node::hasRoom);
    this.health = new GrpcHealth(node, vertx);
    this.rights = new Rights(node, ownership);
    this.keys = new OwnedKeys(ownership);
  }

  void bind(GrpcServer server) {
    if (node.options().health()) {
      health.bind(server);
    }
    if (node.options().reflection()) {
      new GrpcReflection(node).bind(server);
    }
    bind(server, LINE_A);
    unary(
        server,
        LINE_A,
        "GetCartIds",
        Empty.parser(),
        Empty.getDefaultInstance(),
        (request, empty) -> list(request));
    unary(
        server,
        LINE_A,
        "ConfirmOwner",
        OwnerChangeRequest.parser(),
        OwnerChangeRequest.getDefaultInstance(),
        (request, change) -> confirm(request, change));
    watch(server);
    if (node.options().laterLine()) {
      // The messages of these three have the same fields under both packages.
      bind(server, LINE_D);
    }
  }

  private void bind(GrpcServer server, ServiceName line) {
    unary(
        server,
        line,
        "Ping",
        Empty.parser(),
        Empty.getDefaultInstance(),
        (request, empty) -> Future.succeededFuture(ping(request)));
    unary(
        server,
        line,
        "Negotiate",
        NegotiateRequest.parser(),
        NegotiateRequest.getDefaultInstance(),
        (request, known) -> Future.succeededFuture(negotiate(request, known)));
    unary(
        server,
        line,
        "Closing",
        ClosingNotice.parser(),
        ClosingNotice.getDefaultInstance(),
        (request, notice) -> closing(request, notice));
  }

  private void watch(GrpcServer server) {
    ServiceMethod<WatchMembershipRequest, MembershipEvent> method =
        ServiceMethod.server(
            LINE_A,
            "WatchMembership",
            GrpcMessageEncoder.encoder(),
            new Lenient<>(
                WatchMembershipRequest.parser(),
                WatchMembershipRequest.getDefaultInstance(),
                node));
    server.callHandler(
        method,
        request -> {
          request.exceptionHandler(cause -> LOG.debug("control plane: a watch ended", cause));
          request.handler(wish -> watch(request, wish));
        });
  }

  private void watch(
      GrpcServerRequest<WatchMembershipRequest, MembershipEvent> request,
      WatchMembershipRequest wish) {
    node.meters().request("WatchMembership");
    if (watches.size() >= MOST_WATCHES) {
      request.response().status(GrpcStatus.RESOURCE_EXHAUSTED).end();
      return;
    }
    MembershipWatch watch =
        new MembershipWatch(node.log(), node.health(), vertx, request, wish, watches::remove);
    if (!watch.isOver()) {
      watches.add(watch);
    }
  }

  /** Ends the streams; the last thing they told is that this node leaves. */
  void endWatches() {
    List.copyOf(watches).forEach(MembershipWatch::end);
    health.end();
  }

  private <Q extends MessageLite, R extends MessageLite> void unary(
      GrpcServer server,
      ServiceName service,
      String name,
      Parser<Q> parser,
      Q unreadable,
      BiFunction<GrpcServerRequest<?, ?>, Q, Future<R>> method) {
    ServiceMethod<Q, R> bound =
        ServiceMethod.server(
            service, name, GrpcMessageEncoder.encoder(), new Lenient<>(parser, unreadable, node));
    server.callHandler(
        bound,
        request -> {
          request.exceptionHandler(cause -> LOG.debug("control plane: {} ended", name, cause));
          request.errorHandler(error -> LOG.debug("control plane: {}: {}", name, error));
          request.handler(question -> answer(request, name, method.apply(request, question)));
        });
  }

  private <Q, R> void answer(GrpcServerRequest<Q, R> request, String name, Future<R> answer) {
    answer.onComplete(
        done -> {
          node.meters().request(name);
          node.meters().called(request.connection().isSsl());
          if (done.succeeded()) {
            request
                .response()
                .end(done.result())
                .onFailure(cause -> LOG.debug("control plane: answer not sent", cause));
          } else if (done.cause() instanceof Rights.Denied) {
            request.response().status(GrpcStatus.PERMISSION_DENIED).end();
          } else {
            LOG.warn("control plane: {} failed: {}", name, done.cause().toString());
            request.response().status(GrpcStatus.UNAVAILABLE).end();
          }
        });
  }

  private PingReply ping(GrpcServerRequest<?, ?> request) {
    View view = node.view();
    contact(request, view, "");
    long now = System.currentTimeMillis();
    PingReply.Builder reply =
        PingReply.newBuilder()
            .setHost(view.self().toString())
            .setUnixTime(now / 1000)
            .setUnixTimeMs(now)
            .setIncarnation(members.self().getStartedAt())
            .setViewEpoch(view.epoch())
            .setViewDigest(node.roll().digest())
            .setState(Roll.wire(view.state()))
            .setTlsPort(node.tlsPort())
            .addAllCapabilities(node.capabilities());
    HealthInfo health = node.health().of(view.self());
    return (health == null ? reply : reply.setHealth(health)).build();
  }

  /** Only a host that was lost needs to be noticed when it speaks. */
  private void contact(GrpcServerRequest<?, ?> request, View view, String sender) {
    if (!view.expectsContact() && sender.isEmpty()) {
      return;
    }
    HostName named = HostName.parse(sender).orElse(null);
    HostName caller = named == null ? Caller.of(request, node) : named;
    if (caller != null
        && !view.own().containsKey(caller)
        && rights.maySpeakFor(request, caller, "contact")) {
      node.tellDesk(desk -> desk.contacted(caller));
    }
  }

  private NegotiateReply negotiate(GrpcServerRequest<?, ?> request, NegotiateRequest known) {
    View view = node.view();
    contact(request, view, known.getSenderHost());
    List<String> names = known.getKnownHostsList();
    if (!names.isEmpty()) {
      node.tellDesk(desk -> desk.learn(names));
    }
    return view.negotiated().toBuilder().addAllMembers(node.toldMembers()).build();
  }

  private Future<OwnerChangeAck> closing(GrpcServerRequest<?, ?> request, ClosingNotice notice) {
    HostName host = HostName.parse(notice.getHost()).orElse(null);
    return host == null || rights.maySpeakFor(request, host, "Closing")
        ? Future.succeededFuture(closing(host, notice))
        : Future.failedFuture(new Rights.Denied());
  }

  private OwnerChangeAck closing(HostName host, ClosingNotice notice) {
    View view = node.view();
    if (host == null) {
      node.alarm(Alarm.BAD_HOST);
      return OwnerChangeAck.newBuilder()
          .setMessage("invalid")
          .setCode(OwnerChangeCode.INVALID)
          .build();
    }
    if (view.own().containsKey(host)) {
      node.alarm(Alarm.SPOOFED_CLOSING);
      LOG.warn("control plane: a notice says that our node {} closes", host);
      return OwnerChangeAck.newBuilder()
          .setMessage("this host does not close")
          .setCode(OwnerChangeCode.INVALID)
          .build();
    }
    // A notice of a former life says nothing of the host that is there now.
    boolean old =
        notice.getIncarnation() > 0 && notice.getIncarnation() < view.facts(host).started();
    if (view.foreign().containsKey(host) && !old && !notice.getDrainOnly()) {
      node.tellDesk(desk -> desk.closing(host));
    }
    return OwnerChangeAck.newBuilder().setAccepted(true).setCode(OwnerChangeCode.ACCEPTED).build();
  }

  private Future<CartIdsReply> list(GrpcServerRequest<?, ?> request) {
    View view = node.view();
    String name = members.self().getName();
    MultiMap metadata = request.headers();
    String size = metadata.get(OwnedKeys.PAGE_SIZE);
    if (size == null) {
      return keys.all(name, view.epoch());
    }
    String token = metadata.get(OwnedKeys.PAGE_TOKEN);
    int wanted = size.matches("[0-9]{1,6}") ? Integer.parseInt(size) : 0;
    return keys.page(name, token == null ? "" : token, wanted, view.epoch());
  }

  private Future<OwnerChangeAck> confirm(
      GrpcServerRequest<?, ?> request, OwnerChangeRequest change) {
    contact(request, node.view(), "");
    return rights
        .mayConfirm(request, change)
        .compose(may -> may ? votes.answer(change) : Future.failedFuture(new Rights.Denied()))
        .onSuccess(
            ack -> {
              node.meters().confirm(ack.getAccepted() ? "accepted" : "refused");
              if (ack.getCode() == OwnerChangeCode.STALE_VIEW) {
                disagreed(Caller.of(request, node));
              }
            });
  }

  private void disagreed(HostName caller) {
    if (caller != null && node.view().standing(caller) == Standing.LIVE) {
      node.tellDesk(desk -> desk.disagreed(caller));
    }
  }

  /** Bytes that are no message count as an empty one, which each method refuses or ignores. */
  record Lenient<T>(Parser<T> parser, T unreadable, ControlPlaneNode node)
      implements GrpcMessageDecoder<T> {
    @Override
    public T decode(GrpcMessage message) {
      try {
        return parser.parseFrom(message.payload().getBytes());
      } catch (InvalidProtocolBufferException e) {
        node.alarm(Alarm.BAD_MESSAGE);
        return unreadable;
      }
    }

    @Override
    public boolean accepts(WireFormat format) {
      return format == WireFormat.PROTOBUF;
    }
  }
}
