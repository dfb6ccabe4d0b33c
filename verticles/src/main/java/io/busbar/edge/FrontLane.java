package io.busbar.edge;

import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.security.Access;
import io.busbar.security.Role;
import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;

/** What the parts of a front side on one lane share. All on the lane's context. */
public final class FrontLane {
  private static final String BEARER = "bearer ";
  private static final Role[] ROLES = Role.values();

  private final Context context;
  private final String node;
  private final Calls calls;
  private final Access access;
  private final HttpOptions options;
  private final HttpMeters meters;
  private final Watch watch;
  private final Surface surface;
  private final Origins origins;
  private final IdentityHashMap<HttpConnection, Peer> peers = new IdentityHashMap<>();
  private final long idleTicks;
  private final long progressTicks;
  private final long lingerTicks;
  private final Set<CallExchange> openCalls = new LinkedHashSet<>();
  private int exchanges;
  private boolean draining;
  private Runnable quiet = () -> {};

  FrontLane(
      Context context,
      String node,
      Calls calls,
      Access access,
      HttpOptions options,
      HttpMeters meters,
      Watch watch,
      Surface surface) {
    this.context = context;
    this.node = node;
    this.calls = calls;
    this.access = access;
    this.options = options;
    this.meters = meters;
    this.watch = watch;
    this.surface = surface;
    this.origins = new Origins(options, access.check(null, Role.CALL) == null);
    this.idleTicks = watch.ticks(options.times().idle().toMillis());
    this.progressTicks = watch.ticks(options.times().progress().toMillis());
    this.lingerTicks = watch.ticks(options.times().linger().toMillis());
  }

  public Context context() {
    return context;
  }

  /** Name of this node. */
  public String node() {
    return node;
  }

  public Calls calls() {
    return calls;
  }

  public HttpOptions options() {
    return options;
  }

  /** The words of requests that no other surface stands for. */
  Surface surface() {
    return surface;
  }

  /** Which web pages may call. */
  Origins origins() {
    return origins;
  }

  public HttpMeters meters() {
    return meters;
  }

  Watch watch() {
    return watch;
  }

  long idleTicks() {
    return idleTicks;
  }

  long progressTicks() {
    return progressTicks;
  }

  long lingerTicks() {
    return lingerTicks;
  }

  // ---- connections and exchanges ----

  Collection<HttpConnection> connections() {
    return peers.keySet();
  }

  void connected(HttpConnection connection) {
    Peer peer = new Peer(this, connection);
    peers.put(connection, peer);
    watch.add(peer);
  }

  /** A connection ended; told again of the same one it does nothing. */
  void disconnected(HttpConnection connection) {
    Peer peer = peers.remove(connection);
    if (peer != null) {
      watch.remove(peer);
    }
  }

  /** An exchange begins; the returned peer is handed back to {@link #exchangeEnded}. */
  public Peer exchangeBegun(HttpConnection connection) {
    exchanges++;
    Peer peer = peers.get(connection);
    if (peer != null) {
      peer.begun();
    }
    return peer;
  }

  public void exchangeEnded(Peer peer) {
    exchanges--;
    if (peer != null) {
      peer.ended();
    }
    if (exchanges == 0) {
      quiet.run();
    }
  }

  /** Calls that have not ended; an exchange adds and removes itself. */
  Set<CallExchange> openCalls() {
    return openCalls;
  }

  int exchanges() {
    return exchanges;
  }

  boolean draining() {
    return draining;
  }

  /** From now on answers close their connections; the action runs when no exchange is left. */
  void drain(Runnable whenQuiet) {
    draining = true;
    quiet = whenQuiet;
    if (exchanges == 0) {
      whenQuiet.run();
    }
  }

  // ---- access ----

  /** Null = allowed. */
  public Failure refuses(HttpServerRequest request, Role role) {
    return access.check(key(request), role);
  }

  /** Null = allowed to read: any role will do. */
  public Failure refusesReading(HttpServerRequest request) {
    String key = key(request);
    Failure first = null;
    for (Role role : ROLES) {
      Failure refused = access.check(key, role);
      if (refused == null) {
        return null;
      }
      first = first == null ? refused : first;
    }
    return first;
  }

  /**
   * Whether the Authorization header was meant for Busbar and must not travel on. It is the
   * client's own when the key came in its own header, or when Busbar asks for none.
   */
  public boolean ownsAuthorization(HttpServerRequest request) {
    return request.headers().contains(Headers.AUTHORIZATION)
        && !request.headers().contains(Headers.API_KEY)
        && access.check(null, Role.CALL) != null;
  }

  private static String key(HttpServerRequest request) {
    String key = request.headers().get(Headers.API_KEY);
    if (key != null) {
      return key;
    }
    String authorization = request.headers().get(Headers.AUTHORIZATION);
    if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return authorization.substring(BEARER.length()).trim();
    }
    return null;
  }
}
