package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.CallQuery;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.CallServices;
import io.busbar.metrics.CallMeters;
import io.busbar.registry.Announcements;
import io.busbar.registry.WorkerView;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A gateway node "a" with dispatchers on its lanes, workers on any node, and callers. */
final class Scene {
  final FakeNet net;
  final WorkerView view;
  final Announcements announce;
  final PoolCatalog catalog;
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final List<DispatcherMember> dispatchers = new ArrayList<>();
  final List<FakeCaller> callers = new ArrayList<>();
  private final Map<FakeLane, FakeWorkers> sides = new HashMap<>();
  private final int lanes;
  boolean memorySpent;

  Scene(int lanes, Map<String, PoolOptions> pools) {
    this(new FakeNet(7), lanes, pools, 7);
  }

  Scene(FakeNet net, int lanes, Map<String, PoolOptions> pools, long seed) {
    this(net, DispatchOptions.forLanes(lanes), pools, seed);
  }

  Scene(FakeNet net, DispatchOptions options, Map<String, PoolOptions> pools, long seed) {
    this.net = net;
    this.lanes = options.lanes();
    view = new WorkerView("a", net::now);
    announce = new Announcements(view);
    announce.node("a", lanes, false);
    catalog = new PoolCatalog(pools);
    CallMeters meters = new CallMeters(registry);
    for (int i = 0; i < lanes; i++) {
      FakeLane lane = net.lane("a", i);
      DispatcherMember member =
          new DispatcherMember(
              view, catalog, options, meters, () -> memorySpent, new SplittableRandom(seed + i));
      member.start(lane);
      dispatchers.add(member);
      sides.put(lane, new FakeWorkers(net, lane));
      callers.add(new FakeCaller(net, lane, lane.endpoint()));
    }
  }

  FakeLane lane(int i) {
    return net.lane("a", i);
  }

  FakeCaller caller() {
    return callers.get(0);
  }

  /** The workers' side of a lane of any node. */
  FakeWorkers side(String node, int lane) {
    return sides.computeIfAbsent(net.lane(node, lane), at -> new FakeWorkers(net, at));
  }

  List<FakeWorkers> sides() {
    return List.copyOf(sides.values());
  }

  /** Attaches a worker at lane 0 of a node and announces it. */
  FakeWorkers.Worker worker(String node, String id, String pool, int capacity) {
    FakeWorkers.Worker worker = side(node, 0).add(id, capacity);
    announce.say(Announcements.worker(node, id, pool, capacity));
    return worker;
  }

  /** Announces workers that nobody serves. */
  void ghosts(String node, String pool, int count, int capacity) {
    List<WorkerInfo> infos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      infos.add(Announcements.worker(node, node + "-" + i, pool, capacity));
    }
    announce.say(infos);
  }

  CallState query(int lane, CallId id, boolean cancel) {
    return lane(lane)
        .ask(
            lane(lane).endpoint(),
            CallServices.QUERY,
            CallQuery.newBuilder().setId(id.toWire()).setCancel(cancel).build(),
            java.time.Duration.ofSeconds(1))
        .result();
  }

  int active() {
    return dispatchers.stream().mapToInt(DispatcherMember::active).sum();
  }

  double count(String meter, String... tags) {
    return registry.find(meter).tags(tags).counters().stream().mapToDouble(c -> c.count()).sum();
  }
}
