package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.VoteRules;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.server.GrpcServerRequest;
import java.security.cert.Certificate;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may speak for which host. With mutual TLS the certificate says who calls; without it the
 * address does, as a hint that is only counted. Refused is only where TLS is required.
 */
final class Rights {
  private static final Logger LOG = LoggerFactory.getLogger(Rights.class);

  private final ControlPlaneNode node;
  private final Ownership ownership;

  Rights(ControlPlaneNode node, Ownership ownership) {
    this.node = node;
    this.ownership = ownership;
  }

  /** False = the caller must be refused; that it spoke for another is counted either way. */
  boolean maySpeakFor(GrpcServerRequest<?, ?> request, HostName host, String method) {
    return covers(request, host) || !denied(request, host.toString(), method);
  }

  /**
   * A host may ask for itself; the recorded owner may say that a key goes elsewhere. Only that one
   * may hand over or release.
   *
   * @return false = refuse
   */
  Future<Boolean> mayConfirm(GrpcServerRequest<?, ?> request, OwnerChangeRequest change) {
    HostName host = HostName.parse(change.getNewHost()).orElse(null);
    boolean ownersWord =
        change.getReason() == OwnerChangeReason.HANDOFF
            || change.getReason() == OwnerChangeReason.RELEASE;
    boolean senseless = !VoteRules.isKey(change.getCartId()) || (host == null && !ownersWord);
    if (senseless || (!ownersWord && covers(request, host))) {
      return Future.succeededFuture(true);
    }
    return ownership
        .get(change.getCartId())
        .map(
            record -> {
              String owner = record == null || !record.isHeld() ? "" : record.owner();
              boolean its =
                  HostName.parse(node.view().hostOf(owner))
                      .filter(recorded -> covers(request, recorded))
                      .isPresent();
              return its || !denied(request, String.valueOf(host), "ConfirmOwner");
            });
  }

  private boolean denied(GrpcServerRequest<?, ?> request, String host, String method) {
    boolean refused = node.options().tls() == TlsMode.REQUIRED;
    node.meters().spokeForAnother(refused ? "refused" : "warned");
    if (refused) {
      LOG.warn(
          "control plane: {} refused: {} spoke for {}", method, who(request.connection()), host);
    } else {
      LOG.debug("control plane: {}: {} spoke for {}", method, who(request.connection()), host);
    }
    return refused;
  }

  private static boolean covers(GrpcServerRequest<?, ?> request, HostName host) {
    HttpConnection connection = request.connection();
    if (isProven(connection)) {
      return identity(connection).covers(host);
    }
    SocketAddress remote = connection.remoteAddress();
    String address = remote == null ? null : remote.hostAddress();
    // A name cannot be held against an address without asking somebody.
    return address == null
        || !host.isLiteral()
        || HostName.parse(address)
            .filter(caller -> caller.address().equals(host.address()))
            .isPresent();
  }

  private static String who(HttpConnection connection) {
    return isProven(connection)
        ? identity(connection).names().toString()
        : String.valueOf(connection.remoteAddress());
  }

  private static boolean isProven(HttpConnection connection) {
    return connection.isSsl() && !chain(connection).isEmpty();
  }

  private static PeerIdentity identity(HttpConnection connection) {
    return PeerIdentity.of(chain(connection));
  }

  private static List<Certificate> chain(HttpConnection connection) {
    try {
      List<Certificate> chain = connection.peerCertificates();
      return chain == null ? List.of() : chain;
    } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  /** The answer is a status of its own: a caller with the wrong certificate is no dead host. */
  static final class Denied extends RuntimeException {
    private static final long serialVersionUID = 1;

    Denied() {
      super("spoke for another host", null, false, false);
    }
  }
}
