package io.busbar.controlplane;

import com.google.protobuf.MessageLite;
import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.ControlPlaneGrpcClient;
import io.busbar.gocart.wire.Empty;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.gocart.wire.PingReply;
import io.busbar.gocart.wire.WatchMembershipRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Calls to foreign hosts, each with a deadline. HTTP/2, one connection per host: in clear text, or
 * with mutual TLS where that is required or the host has told a port for it.
 */
final class PeerCalls {
  /** Where a host is tried that has not told its port for TLS: 1437 beside 1337. */
  private static final int TLS_PORT_DISTANCE = 100;

  private static final String INCARNATION_METADATA = "x-cp-incarnation";
  private static final String VIEW_METADATA = "x-cp-view-epoch";
  private static final int CONNECT_MILLIS = 1000;
  private static final long NEGOTIATE_MILLIS = 2000;
  private static final long CONFIRM_MILLIS = 1000;
  private static final long LIST_MILLIS = 5000;
  private static final long CLOSING_MILLIS = 2000;

  private final Vertx vertx;
  private final GrpcClient client;
  private final String self;
  private final int patience;
  private final TlsMode mode;
  private final TlsCalls tls;
  private final Map<HostName, Integer> tlsPorts = new HashMap<>();
  private final Map<HostName, Long> viewEpochs = new HashMap<>();
  private LongSupplier incarnation = () -> 0;
  private LongSupplier ownView = () -> 0;
  private int late;
  private long pingMillis = 1000;

  /**
   * @param self told to peers that understand it
   */
  PeerCalls(Vertx vertx, String self) {
    this(vertx, self, 1);
  }

  /**
   * @param files what to show and whom to trust; not asked when the mode is off
   */
  PeerCalls(Vertx vertx, String self, TlsMode mode, Supplier<ClientSSLOptions> files) {
    this(vertx, self, 1, mode, files);
  }

  /**
   * @param patience what the deadlines are multiplied by
   */
  PeerCalls(Vertx vertx, String self, int patience) {
    this(vertx, self, patience, TlsMode.OFF, () -> null);
  }

  PeerCalls(
      Vertx vertx, String self, int patience, TlsMode mode, Supplier<ClientSSLOptions> files) {
    this.mode = mode;
    this.tls = mode == TlsMode.OFF ? null : new TlsCalls(vertx, files, PeerCalls::http);
    this.vertx = vertx;
    this.self = self;
    this.patience = patience;
    this.client =
        GrpcClient.client(
            vertx, new GrpcClientOptions().setMaxMessageSize(ControlPlaneOptions.MAX_LIST), http());
  }

  private static HttpClientOptions http() {
    return new HttpClientOptions()
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setHttp2ClearTextUpgrade(false)
        .setConnectTimeout(CONNECT_MILLIS);
  }

  /** What is told of this node with each call, in metadata that older hosts do not read. */
  void tell(LongSupplier started, LongSupplier viewEpoch) {
    incarnation = started;
    ownView = viewEpoch;
  }

  /** After how many ms a ping counts as missed; 1000 unless told. */
  void pingDeadline(long millis) {
    pingMillis = millis;
  }

  /** How late this node is, 0 to 8: pings wait that many times longer. */
  void late(int score) {
    late = Math.max(0, score);
  }

  /**
   * A host says where it takes mutual TLS.
   *
   * @param port 0 = nowhere
   */
  void tlsPort(HostName host, int port) {
    if (mode == TlsMode.OFF || port <= 0 || port > 65_535) {
      tlsPorts.remove(host);
    } else {
      tlsPorts.put(host, port);
    }
  }

  /** What is known of how to speak to the host does not count any more. */
  void forget(HostName host) {
    tlsPorts.remove(host);
    viewEpochs.remove(host);
  }

  /** Number of the host's view, as it last said, 0 = it never did. */
  long viewEpoch(HostName host) {
    return viewEpochs.getOrDefault(host, 0L);
  }

  private void sees(HostName host, long epoch) {
    if (epoch == 0) {
      viewEpochs.remove(host);
    } else {
      viewEpochs.put(host, epoch);
    }
  }

  Future<PingReply> ping(HostName host) {
    return call(
            host, ControlPlaneGrpcClient.Ping, Empty.getDefaultInstance(), pingMillis * (1 + late))
        .onSuccess(reply -> sees(host, reply.getViewEpoch()));
  }

  Future<NegotiateReply> negotiate(HostName host, NegotiateRequest known) {
    return call(host, ControlPlaneGrpcClient.Negotiate, known, NEGOTIATE_MILLIS)
        .onSuccess(reply -> sees(host, reply.getViewEpoch()));
  }

  Future<CartIdsReply> list(HostName host) {
    return call(host, ControlPlaneGrpcClient.GetCartIds, Empty.getDefaultInstance(), LIST_MILLIS);
  }

  Future<OwnerChangeAck> confirm(HostName host, OwnerChangeRequest request) {
    return call(host, ControlPlaneGrpcClient.ConfirmOwner, request, CONFIRM_MILLIS);
  }

  Future<OwnerChangeAck> closing(HostName host, ClosingNotice notice) {
    return call(host, ControlPlaneGrpcClient.Closing, notice, CLOSING_MILLIS);
  }

  /**
   * Asks the host for its members and their changes.
   *
   * @param taker of each event, until the end
   * @param end told once with the status, UNAVAILABLE when there is none, INTERNAL when an event
   *     could not be read; not after a calling off
   * @return calls it off
   */
  Runnable watch(
      HostName host,
      WatchMembershipRequest wish,
      Consumer<MembershipEvent> taker,
      Consumer<GrpcStatus> end) {
    Promise<GrpcStatus> over = Promise.promise();
    dial(host, ControlPlaneGrpcClient.WatchMembership)
        .onFailure(cause -> over.tryComplete(GrpcStatus.UNAVAILABLE))
        .onSuccess(
            request -> {
              over.future().onComplete(done -> request.cancel());
              if (!over.future().isComplete()) {
                introduce(request);
                request.response().onFailure(cause -> over.tryComplete(status(cause)));
                request.response().onSuccess(response -> follow(response, taker, over));
                request.end(wish).onFailure(cause -> over.tryComplete(GrpcStatus.UNAVAILABLE));
              }
            });
    over.future().onSuccess(end::accept);
    return () -> over.tryFail(new PeerSilence("called off"));
  }

  private static void follow(
      GrpcClientResponse<WatchMembershipRequest, MembershipEvent> response,
      Consumer<MembershipEvent> taker,
      Promise<GrpcStatus> over) {
    response.handler(
        event -> {
          if (!over.future().isComplete()) {
            taker.accept(event);
          }
        });
    response.invalidMessageHandler(cause -> over.tryComplete(GrpcStatus.INTERNAL));
    response
        .end()
        .onComplete(
            done -> {
              GrpcStatus told = response.status();
              over.tryComplete(told != null ? told : GrpcStatus.UNAVAILABLE);
            });
  }

  private static GrpcStatus status(Throwable cause) {
    return cause instanceof InvalidStatusException wrong
        ? wrong.actualStatus()
        : GrpcStatus.UNAVAILABLE;
  }

  Future<Void> close() {
    return tls == null ? client.close() : Future.join(client.close(), tls.close()).mapEmpty();
  }

  private <Q extends MessageLite, R> Future<R> call(
      HostName host, ServiceMethod<R, Q> method, Q question, long deadline) {
    long millis = deadline * patience;
    Promise<R> promise = Promise.promise();
    dial(host, method)
        .onFailure(promise::tryFail)
        .onSuccess(request -> send(request, question, millis, promise));
    long timer =
        vertx.setTimer(
            millis,
            fired -> promise.tryFail(new PeerSilence(host + " did not answer within " + millis)));
    return promise.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private <Q extends MessageLite, R> Future<GrpcClientRequest<Q, R>> dial(
      HostName host, ServiceMethod<R, Q> method) {
    Integer told = tlsPorts.get(host);
    boolean safe = mode == TlsMode.REQUIRED || (mode == TlsMode.PERMISSIVE && told != null);
    int port = !safe ? host.port() : told != null ? told : host.port() + TLS_PORT_DISTANCE;
    SocketAddress address = SocketAddress.inetSocketAddress(Math.min(port, 65_535), host.address());
    // It may have gone back to clear text, or to another port.
    return (safe ? tls.client() : client)
        .request(address, method)
        .onFailure(cause -> tlsPorts.remove(host));
  }

  private void introduce(GrpcClientRequest<?, ?> request) {
    request.headers().set(Caller.HOST_METADATA, self);
    request.headers().set(INCARNATION_METADATA, Long.toString(incarnation.getAsLong()));
    request.headers().set(VIEW_METADATA, Long.toString(ownView.getAsLong()));
  }

  private <Q, R> void send(
      GrpcClientRequest<Q, R> request, Q question, long millis, Promise<R> promise) {
    if (promise.future().isComplete()) {
      request.cancel();
      return;
    }
    request.timeout(millis, TimeUnit.MILLISECONDS);
    introduce(request);
    promise.future().onFailure(cause -> request.cancel());
    request
        .response()
        .onFailure(promise::tryFail)
        .onSuccess(
            response ->
                response
                    .last()
                    .onComplete(
                        last -> {
                          if (last.succeeded() && last.result() != null) {
                            promise.tryComplete(last.result());
                          } else {
                            GrpcStatus status = response.status();
                            promise.tryFail(new PeerSilence("ended with " + status, last.cause()));
                          }
                        }));
    request.end(question).onFailure(promise::tryFail);
  }

  /** A peer that did not answer as it should. */
  static final class PeerSilence extends RuntimeException {
    private static final long serialVersionUID = 1;

    PeerSilence(String message) {
      super(message, null, false, false);
    }

    PeerSilence(String message, Throwable cause) {
      super(message, cause, false, false);
    }
  }
}
