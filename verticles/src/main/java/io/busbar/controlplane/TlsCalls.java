package io.busbar.controlplane;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mutual TLS towards foreign hosts, whose certificates must name the host that was dialled. Renewed
 * files count from the next call on. All on one lane.
 */
final class TlsCalls {
  private static final Logger LOG = LoggerFactory.getLogger(TlsCalls.class);

  /** Longer than any call that may still be open on the connections before. */
  private static final long LINGER_MILLIS = 10_000;

  private final Vertx vertx;
  private final Supplier<ClientSSLOptions> files;
  private final Function<ClientSSLOptions, GrpcClient> maker;
  private ClientSSLOptions inUse;
  private GrpcClient client;

  /**
   * @param files what to show and whom to trust now; the same object as long as nothing changed
   * @param base of each client's options
   */
  TlsCalls(Vertx vertx, Supplier<ClientSSLOptions> files, Supplier<HttpClientOptions> base) {
    this.vertx = vertx;
    this.files = files;
    this.maker =
        ssl ->
            GrpcClient.client(
                vertx,
                new GrpcClientOptions().setMaxMessageSize(ControlPlaneOptions.MAX_LIST),
                base.get()
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setVerifyHost(true)
                    .setTrustOptions(ssl.getTrustOptions())
                    .setKeyCertOptions(ssl.getKeyCertOptions())
                    .setEnabledSecureTransportProtocols(ssl.getEnabledSecureTransportProtocols()));
  }

  GrpcClient client() {
    ClientSSLOptions now = files.get();
    if (now != inUse) {
      GrpcClient before = client;
      inUse = now;
      client = maker.apply(now);
      if (before != null) {
        vertx.setTimer(LINGER_MILLIS, fired -> close(before));
      }
    }
    return client;
  }

  private static void close(GrpcClient client) {
    client.close().onFailure(cause -> LOG.debug("control plane: old connections", cause));
  }

  Future<Void> close() {
    return client == null ? Future.succeededFuture() : client.close();
  }
}
