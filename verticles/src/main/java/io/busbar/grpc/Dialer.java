package io.busbar.grpc;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Opens HTTP/2 connections for gRPC calls: Vert.x connects and does TLS, a codec of this project
 * speaks HTTP/2 on the channel from there on. So that the limits of the peer, its GOAWAYs and what
 * it never processed are seen as they come. Belongs to one event loop; a connection stays on it.
 */
public final class Dialer {
  private static final List<String> H2 = List.of("h2");

  private final Vertx vertx;
  private final Context context;
  private final ClientSettings settings;
  private final MessageBudget budget;

  /** Held here, for Vert.x closes what its user forgot, with all connections. */
  private final NetClient client;

  /**
   * @param context of the event loop
   */
  public Dialer(Context context, ClientSettings settings) {
    this.vertx = context.owner();
    this.context = context;
    this.settings = settings;
    this.budget = new MessageBudget(settings.unfinished());
    this.client =
        vertx.createNetClient(
            new NetClientOptions()
                .setConnectTimeout((int) Math.min(Integer.MAX_VALUE, settings.connectMillis()))
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true));
  }

  /**
   * Where to dial.
   *
   * @param host name or address
   * @param name that the certificate must show, and that is sent as authority
   * @param tls null = clear text with prior knowledge
   */
  public record Peer(String host, int port, String name, ClientSSLOptions tls) {
    String authority() {
      return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + port;
    }
  }

  /**
   * Connects and exchanges settings. Fails with UNAVAILABLE naming the cause. To be called on the
   * event loop.
   */
  public Future<ClientConnection> dial(Peer peer, ClientConnection.Listener listener) {
    Promise<ClientConnection> ready = Promise.promise();
    long limit =
        vertx.setTimer(
            settings.connectMillis(),
            fired -> ready.tryFail(unavailable(peer, "no HTTP/2 settings in time")));
    connect(peer)
        .onFailure(cause -> ready.tryFail(unavailable(peer, text(cause))))
        .onSuccess(
            socket -> {
              if (ready.future().isComplete()) {
                socket.close();
              } else {
                speak(peer, (NetSocketInternal) socket, listener, ready);
              }
            });
    ready.future().onComplete(done -> vertx.cancelTimer(limit));
    return ready.future();
  }

  private Future<NetSocket> connect(Peer peer) {
    ConnectOptions options =
        new ConnectOptions()
            .setRemoteAddress(SocketAddress.inetSocketAddress(peer.port(), peer.host()))
            .setHost(peer.name())
            .setPort(peer.port());
    if (peer.tls() != null) {
      ClientSSLOptions tls = peer.tls().copy().setUseAlpn(true).setApplicationLayerProtocols(H2);
      if (tls.getHostnameVerificationAlgorithm() == null) {
        tls.setHostnameVerificationAlgorithm("HTTPS");
      }
      options.setSsl(true).setSslOptions(tls);
    }
    return client.connect(options);
  }

  private void speak(
      Peer peer,
      NetSocketInternal socket,
      ClientConnection.Listener listener,
      Promise<ClientConnection> ready) {
    if (peer.tls() != null && !H2.get(0).equals(socket.applicationLayerProtocol())) {
      socket.close();
      ready.tryFail(unavailable(peer, "TLS without h2"));
      return;
    }
    Channel channel = socket.channelHandlerContext().channel();
    ChannelPipeline pipeline = channel.pipeline();
    List<ChannelHandler> vertxOwn = new ArrayList<>();
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      if (!(entry.getValue() instanceof SslHandler)) {
        vertxOwn.add(entry.getValue());
      }
    }
    vertxOwn.forEach(pipeline::remove);
    ClientConnection connection =
        new ClientConnection(
            (ContextInternal) context,
            settings,
            budget,
            peer.authority(),
            peer.tls() != null,
            listener,
            ready);
    pipeline.addLast(connection.handler());
    ready.future().onFailure(cause -> channel.close());
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : Failure.shorten(message, 200);
  }

  static Exception unavailable(Peer peer, String why) {
    return Failure.of(FailureCode.UNAVAILABLE, "no connection to " + peer.authority() + ": " + why)
        .toException();
  }

  /** Bytes held in messages that have not arrived in full. */
  public MessageBudget budget() {
    return budget;
  }

  /** The event loop's context. */
  public Context context() {
    return context;
  }

  /** Closes all connections. */
  public Future<Void> close() {
    return client.close();
  }
}
