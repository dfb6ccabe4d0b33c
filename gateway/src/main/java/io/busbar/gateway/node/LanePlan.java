package io.busbar.gateway.node;

import io.busbar.bus.BusObserver;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.call.CallClient;
import io.busbar.call.Calls;
import io.busbar.channel.ChannelClient;
import io.busbar.channel.impl.ChannelNode;
import io.busbar.channel.impl.LaneChannels;
import io.busbar.command.CommandClient;
import io.busbar.command.impl.LaneCommands;
import io.busbar.dispatch.DispatchOptions;
import io.busbar.dispatch.DispatcherMember;
import io.busbar.dispatch.PoolCatalog;
import io.busbar.dispatch.PoolOptions;
import io.busbar.edge.WebSocketDoor;
import io.busbar.edge.WebSocketLimit;
import io.busbar.fnlb.FnLbFront;
import io.busbar.fnlb.FnLbNode;
import io.busbar.gateway.cli.Version;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.Front;
import io.busbar.gateway.config.FrontSettings;
import io.busbar.http.HttpFront;
import io.busbar.http.HttpFronts;
import io.busbar.http.LaneClients;
import io.busbar.member.Membership;
import io.busbar.member.NodeEcho;
import io.busbar.member.PeerLoss;
import io.busbar.membership.HealingAudit;
import io.busbar.membership.Reachability;
import io.busbar.membership.Repair;
import io.busbar.metrics.CallMeters;
import io.busbar.metrics.CommandMeters;
import io.busbar.ownership.OwnershipClient;
import io.busbar.ownership.impl.LaneOwnership;
import io.busbar.ownership.impl.OwnershipNode;
import io.busbar.plugin.host.HostLane;
import io.busbar.registry.RegistryMember;
import io.busbar.registry.WorkerPool;
import io.busbar.registry.WorkerView;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Routes;
import io.busbar.runner.RunnerFront;
import io.busbar.runner.RunnerMeters;
import io.busbar.runner.RunnerNode;
import io.busbar.runner.RunnerOptions;
import io.busbar.security.Access;
import io.busbar.websocket.WorkersLane;
import io.busbar.websocket.WorkersNode;
import io.busbar.websocket.control.ControlLane;
import io.busbar.websocket.control.ControlNode;
import io.busbar.websocket.relay.RelayLane;
import io.busbar.websocket.training.TrainingLane;
import io.busbar.websocket.training.TrainingNode;
import io.busbar.worker.WorkerPort;
import io.busbar.worker.WorkerPorts;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What lives on each lane of a node, and what the lanes have in common. The common objects are
 * read-only views or counters; everything else of a lane is its own.
 */
final class LanePlan {
  private static final Duration AUDIT = Duration.ofSeconds(10);

  private final Config config;
  private final NodeIdentity identity;
  private final Membership membership;
  private final Reachability reachability;
  private final Repair repair;
  private final MeterRegistry meters;
  private final Access access;
  private final TlsPorts tls;
  private final ChannelNode channels;
  private final OwnershipNode ownership;
  private final MemoryBudget memory;
  private final BusObserver busMeters;
  private final CallMeters callMeters;
  private final CommandMeters commandMeters;
  private final WorkerMeters workerMeters;
  private final WorkerView view;
  private final PoolCatalog catalog;
  private final Directory directory;
  private final DispatchOptions dispatch;
  private final HttpFronts httpFronts;
  private final WebSocketLimit webSockets;
  private final WorkersNode workersNode;
  private final TrainingNode trainingNode;
  private final ControlNode controlNode;
  private final RunnerNode runnerNode = new RunnerNode();
  private final RunnerOptions runnerOptions;
  private final Routes routes;
  private final NodeRunners dialled;
  private volatile Function<String, PoolAffinity> affinity;
  private final AtomicReferenceArray<HostLane> hostLanes;
  private final FnLbNode fnLbNode;
  private final NodeControlPlane controlPlane;
  private volatile HttpFront http;
  private volatile RunnerFront runner;
  private volatile FnLbFront fnLb;

  LanePlan(
      Config config,
      int lanes,
      NodeIdentity identity,
      Membership membership,
      Reachability reachability,
      Repair repair,
      MeterRegistry meters,
      Access access,
      TlsPorts tls,
      ChannelNode channels,
      OwnershipNode ownership) {
    this.channels = channels;
    this.ownership = ownership;
    this.config = config;
    this.identity = identity;
    this.membership = membership;
    this.reachability = reachability;
    this.repair = repair;
    this.meters = meters;
    this.access = access;
    this.tls = tls;
    hostLanes = new AtomicReferenceArray<>(lanes);
    memory = new MemoryBudget(config.bus().options().memory());
    busMeters = new BusMeters(meters, memory);
    callMeters = new CallMeters(meters);
    commandMeters = new CommandMeters(meters);
    workerMeters = new WorkerMeters(meters);
    view = new WorkerView(identity.id());
    catalog = new PoolCatalog(FrontOptions.pools(config));
    dispatch =
        DispatchOptions.forLanes(lanes)
            .withKeep(config.node().keepCalls(), config.node().keepCallsFor().toMillis());
    dialled = new NodeRunners(config, membership, view, meters);
    listPlacers();
    directory = new Directory(view, config.namedPools());
    httpFronts =
        new HttpFronts(
            config.http(), tls.customizer(Front.HTTP), membership, directory, access, meters);
    webSockets = new WebSocketLimit(config.integer("http.max-websockets"), meters);
    workersNode = new WorkersNode(config.workers(), meters);
    trainingNode = new TrainingNode(config.training(), meters);
    controlNode = new ControlNode(config.control(), meters);
    runnerOptions = config.runner();
    if (config.front(Front.RUNNER).enabled()) {
      RunnerMeters.bind(runnerNode, meters);
    }
    controlPlane =
        new NodeControlPlane(config, membership, tls, meters, callMeters.latencies(), ownership);
    routes = FrontOptions.routes(config);
    affinity = FrontOptions.affinities(config);
    fnLbNode =
        config.front(Front.FN_LB).enabled()
            ? new FnLbNode(
                config.fnLb(Version.current()),
                routes,
                affinity,
                tls.customizer(Front.FN_LB),
                access,
                meters)
            : null;
  }

  /** The runners that this node dials. */
  NodeRunners dialled() {
    return dialled;
  }

  /** Sets who ends this node when it was cut off from the others for too long. Any thread. */
  void onMustEnd(Consumer<String> end) {
    controlPlane.onMustEnd(end);
  }

  /**
   * Takes over what may change while calls run: pools, and foreign hosts. Any thread but an event
   * loop.
   */
  void reload(Config changed) {
    dialled.replace(changed);
    catalog.replace(FrontOptions.pools(changed));
    directory.replace(changed.namedPools());
    affinity = FrontOptions.affinities(changed);
    listPlacers();
    controlPlane.reload(changed);
  }

  /** Pools whose placer goes by the order of the configured runners. */
  private void listPlacers() {
    catalog
        .all()
        .forEach(
            (name, pool) -> {
              boolean byList = pool.placer() == PoolOptions.Placer.FN_CH;
              WorkerPool known = view.configured(name);
              known.list(byList ? pool.runners() : null);
            });
  }

  Future<Lane> open(Context context, int index) {
    return Lanes.open(context.owner(), identity, index, config.bus().options(), memory, busMeters);
  }

  /** Called on the lane's context, once per lane. */
  List<LaneMember> members(Lane lane) {
    List<LaneMember> members = new ArrayList<>();
    boolean first = lane.endpoint().lane() == 0;
    Calls calls = CallClient.open(lane, lane::endpoint, membership);
    WorkerPort port = WorkerPorts.open(lane);
    workerMeters.add(port);
    LaneChannels laneChannels = ChannelClient.open(channels, lane);
    LaneCommands commands = CommandClient.open(lane, membership, commandMeters);
    LaneOwnership laneOwnership = OwnershipClient.open(ownership, lane, laneChannels, true);
    hostLanes.set(
        lane.endpoint().lane(),
        new HostLane(lane, port, calls, laneChannels, commands, laneOwnership));
    members.add(new NodeEcho());
    members.add(new PeerLoss(membership));
    if (first) {
      members.add(new RegistryMember(view, membership));
      members.add(dialled.open(lane.context()));
    }
    members.add(
        new DispatcherMember(
            view, catalog, dispatch, callMeters, () -> memory.used() >= memory.total()));
    members.add(new HealingAudit(membership, reachability, repair, AUDIT, meters));
    members.add(laneChannels);
    members.add(commands);
    members.add(laneOwnership);
    if (first) {
      config
          .relay()
          .map(relay -> new RelayLane(relay, lane, membership, laneChannels, commands, meters))
          .ifPresent(members::add);
    }
    WorkersLane workers = workersNode.lane(lane, port);
    TrainingLane training = trainingNode.lane(lane, laneChannels);
    ControlLane control = controlNode.lane(lane, commands);
    addFronts(
        members,
        new LaneClients(calls, laneChannels, commands, laneOwnership),
        new WebSocketDoor(webSockets, List.of(workers, training, control)),
        // In the order in which they end: before the port, so that they can say goodbye.
        List.of(workers, training, control));
    controlPlane.add(members, first, laneOwnership);
    return members;
  }

  private void addFronts(
      List<LaneMember> members,
      LaneClients clients,
      WebSocketDoor door,
      List<LaneMember> endpoints) {
    Calls calls = clients.calls();
    FrontSettings httpSettings = config.front(Front.HTTP);
    if (httpSettings.enabled()) {
      HttpFront front = httpFronts.front(lane -> clients, door);
      http = front;
      members.add(FrontPort.http(front, front::server, httpSettings, tls.port(Front.HTTP)));
      members.addAll(endpoints);
    }
    FrontSettings runnerSettings = config.front(Front.RUNNER);
    if (runnerSettings.enabled()) {
      RunnerFront front =
          new RunnerFront(
              runnerOptions,
              routes,
              pool -> affinity.apply(pool),
              view::takingCalls,
              tls.customizer(Front.RUNNER),
              access,
              calls,
              runnerNode);
      runner = front;
      members.add(new FrontPort(front, front::updateTls, runnerSettings, tls.port(Front.RUNNER)));
    }
    if (fnLbNode != null) {
      FnLbFront front = fnLbNode.front(lane -> calls);
      fnLb = front;
      members.add(
          FrontPort.http(front, front::server, config.front(Front.FN_LB), tls.port(Front.FN_LB)));
    }
  }

  /** The lanes as plugins see them; all are there when the lanes are deployed. */
  List<HostLane> hostLanes() {
    List<HostLane> lanes = new ArrayList<>();
    for (int i = 0; i < hostLanes.length(); i++) {
      lanes.add(hostLanes.get(i));
    }
    return lanes;
  }

  /** Enters the ports that the fronts listen on. */
  void ports(Ports ports) {
    if (http != null) {
      ports.set("http", config.front(Front.HTTP).host(), http.port());
    }
    if (runner != null) {
      ports.set("runner", config.front(Front.RUNNER).host(), runner.port());
    }
    controlPlane.port(ports);
    if (fnLb != null) {
      ports.set("fn-lb", config.front(Front.FN_LB).host(), fnLb.port());
    }
  }
}
