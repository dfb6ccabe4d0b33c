package io.busbar.runners;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.RunnerOrder;
import io.busbar.dispatch.FakeLane;
import io.busbar.dispatch.FakeNet;
import io.busbar.registry.Announcements;
import io.busbar.registry.FakeMembers;
import io.busbar.registry.WorkerView;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gateway nodes with dialled runners, on one thread with a clock of its own. */
final class RunnerWorld {
  static final String POOL = "p";

  final FakeNet net;
  final FakeRunners runners = new FakeRunners();
  final Map<String, Node> nodes = new TreeMap<>();

  /** What the name service says. */
  final Map<String, Future<List<String>>> names = new HashMap<>();

  /** For how long, in milliseconds. */
  long namesGoodFor = Long.MAX_VALUE;

  RunnerWorld(long seed) {
    net = new FakeNet(seed).answersWithin(20);
  }

  static RunnerKey key(int i) {
    return new RunnerKey(POOL, RunnerAddress.parse("10.0.0." + i + ":9190"));
  }

  static List<RunnerAddress> addresses(int... is) {
    List<RunnerAddress> list = new ArrayList<>();
    for (int i : is) {
      list.add(key(i).address());
    }
    return list;
  }

  static PoolRunners pool(int concurrency, int... is) {
    return PoolRunners.DEFAULTS.withRunners(addresses(is)).withConcurrency(concurrency);
  }

  private static List<RunnerAddress> runners(List<String> hosts, int port) {
    return hosts.stream().map(host -> new RunnerAddress(host, port)).toList();
  }

  /** One gateway node. */
  final class Node {
    final FakeLane lane;
    final FakeMembers members;
    final WorkerView view;
    final Announcements announce;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final RunnersMember member;

    Node(String name, Map<String, PoolRunners> pools) {
      lane = net.lane(name, 0);
      members = new FakeMembers(info(name));
      view = new WorkerView(name, net::now);
      announce = new Announcements(view);
      member =
          new RunnersMember(
              members,
              view,
              pools,
              runners.of(name),
              asked ->
                  names
                      .getOrDefault(asked.host(), Future.failedFuture("no such name"))
                      .map(hosts -> runners(hosts, asked.port()))
                      .map(found -> new RunnerResolver.Found(found, namesGoodFor)),
              registry,
              Runnable::run);
    }

    Future<RunnerOrder> order(RunnerKey key, boolean present) {
      return lane.ask(
          lane.endpoint(),
          RunnerServices.ORDER,
          RunnerOrder.newBuilder().setRunner(RunnerBook.name(key)).setPresent(present).build(),
          java.time.Duration.ofSeconds(1));
    }
  }

  static NodeInfo info(String name) {
    return NodeInfo.newBuilder()
        .setNodeId(name)
        .setName(name)
        .setIncarnation(name.hashCode())
        .setGateway(true)
        .setLanes(1)
        .build();
  }

  /** The others hear of a node so many milliseconds later at most; of its death after that. */
  private static final int NEWS = 7;

  /** Starts a node that knows all others at once, as they know it a little later. */
  Node join(String name, PoolRunners pool) {
    Node node = new Node(name, pool == null ? Map.of() : Map.of(POOL, pool));
    nodes.values().forEach(other -> node.members.join(info(other.lane.node().id())));
    node.member.start(node.lane);
    for (Node other : nodes.values()) {
      net.at(net.now() + net.now() % NEWS, () -> other.members.join(info(name)));
    }
    nodes.put(name, node);
    node.member.begin();
    return node;
  }

  /** A node is killed. */
  void kill(String name) {
    Node gone = nodes.remove(name);
    gone.member.stop();
    runners.lost(name);
    for (Node other : nodes.values()) {
      net.at(net.now() + NEWS + net.now() % 11, () -> other.members.leave(name));
    }
  }
}
