package io.busbar.controlplane;

import com.google.protobuf.ByteString;
import io.busbar.controlplane.core.Action.Alarm;
import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.HealthInfo;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OwnerRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ClientSSLOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane of one node: what its lanes have in common. The state machines live on one
 * lane, the desk; the others answer from its last view and hand it what they hear. Thread-safe.
 */
public final class ControlPlaneNode {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlaneNode.class);

  private static final List<String> CAPABILITIES =
      List.of("epoch.v1", "health.v1", "paging.v1", "watch.v1");
  private static final List<String> CAPABILITIES_WITH_TLS =
      List.of("epoch.v1", "health.v1", "paging.v1", "watch.v1", "mtls");

  private final ControlPlaneOptions options;
  private final UnaryOperator<HttpServerOptions> customizer;
  private final Supplier<ClientSSLOptions> dial;
  private final ControlPlaneMeters meters;
  private final AtomicInteger connections = new AtomicInteger();
  private final MembershipLog log = new MembershipLog();
  private final Supplier<NodeLoad> load;
  private volatile Roll roll = new Roll(Map.of(), ByteString.EMPTY);
  private final HealthBoard health = new HealthBoard();
  private volatile View view;
  private volatile Map<String, HostName> byAddress = Map.of();
  private volatile Desk desk;
  private volatile Consumer<String> ending =
      why -> LOG.warn("control plane: this node should end: {}", why);
  private volatile int port;
  private volatile int tlsPort;

  /**
   * @param customizer last word on the server's options: TLS
   * @param dial what is shown to foreign hosts, and whom to trust; the same object as long as it
   *     has not changed; not asked while {@link ControlPlaneOptions#tls} is off
   * @param load of this node; asked once a second on the desk's lane
   */
  public ControlPlaneNode(
      ControlPlaneOptions options,
      UnaryOperator<HttpServerOptions> customizer,
      Supplier<ClientSSLOptions> dial,
      Supplier<NodeLoad> load,
      MeterRegistry registry) {
    this.load = load;
    this.dial = dial;
    this.options = options;
    this.customizer = customizer;
    this.meters = new ControlPlaneMeters(registry, () -> view);
  }

  ControlPlaneOptions options() {
    return options;
  }

  UnaryOperator<HttpServerOptions> customizer() {
    return customizer;
  }

  Supplier<ClientSSLOptions> dial() {
    return dial;
  }

  ControlPlaneMeters meters() {
    return meters;
  }

  /** Null before the desk has begun. */
  View view() {
    return view;
  }

  void publish(View next) {
    byAddress = next.expectsContact() ? Caller.byAddress(next.foreign().keySet()) : Map.of();
    view = next;
    roll = Roll.of(next, roll);
    log.view(next, roll.members());
  }

  /** The hosts of the last view, as others are told of them. */
  Roll roll() {
    return roll;
  }

  /** The hosts of the last view with this node's own health, for a host that is told of them. */
  List<MemberInfo> toldMembers() {
    View now = view;
    return roll.told(now.self(), health.of(now.self()));
  }

  /** Whether this node can take another key, by what it last told of itself. */
  boolean hasRoom() {
    View now = view;
    HealthInfo said = now == null ? null : health.of(now.self());
    return said == null
        || said.getCapacityGrains() == 0
        || said.getGrainCount() + said.getRemoteGrainCount() < said.getCapacityGrains();
  }

  NodeLoad load() {
    return load.get();
  }

  /**
   * The one foreign host at an address while lost hosts are waited for; null = none, or several.
   */
  HostName at(String address) {
    return byAddress.get(address);
  }

  /** What hosts say of their health. */
  HealthBoard health() {
    return health;
  }

  /** Changes of the view. */
  MembershipLog log() {
    return log;
  }

  void listening(int actual) {
    port = actual;
  }

  void tlsListening(int actual) {
    tlsPort = actual;
  }

  /** Where mutual TLS is taken, 0 = nowhere. */
  int tlsPort() {
    return tlsPort;
  }

  int port() {
    return port;
  }

  void desk(Desk here) {
    desk = here;
  }

  /**
   * The configuration was read again: these are the foreign hosts that it names now. Any thread.
   */
  public void peers(List<HostName> hosts) {
    tellDesk(here -> here.configured(hosts));
  }

  /** Additions that this node speaks. */
  List<String> capabilities() {
    return tlsPort == 0 ? CAPABILITIES : CAPABILITIES_WITH_TLS;
  }

  /** Runs it on the desk's lane, after this; does nothing when there is no desk. */
  void tellDesk(Consumer<Desk> what) {
    Desk here = desk;
    if (here != null) {
      here.run(() -> what.accept(here));
    }
  }

  /**
   * Sets who ends this node when it was fenced for too long.
   *
   * @param end told why, at most once per fence, on the desk's lane; must not block
   */
  public void onMustEnd(Consumer<String> end) {
    ending = end;
  }

  void mustEnd(String why) {
    ending.accept(why);
  }

  /**
   * What foreign hosts say to a key that a node of ours claimed; see {@link
   * io.busbar.ownership.OutsideVote}. Any thread.
   */
  public Future<Holder> vote(OwnerRecord granted) {
    View now = view;
    if (now == null || now.counted() == 0) {
      return null;
    }
    Desk here = desk;
    return here == null ? Future.failedFuture(Desk.stopped()) : here.vote(granted);
  }

  /** What is known of a host that is no node of ours. Any thread. */
  public HostState standing(String owner) {
    View now = view;
    return now == null ? HostState.UNKNOWN : now.stateOf(owner);
  }

  void alarm(Alarm alarm) {
    meters.alarm(alarm);
  }

  boolean takeConnection() {
    if (connections.incrementAndGet() <= options.maxConnections()) {
      return true;
    }
    connections.decrementAndGet();
    meters.refused();
    return false;
  }

  void freeConnection() {
    connections.decrementAndGet();
  }
}
