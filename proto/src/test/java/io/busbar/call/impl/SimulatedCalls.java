package io.busbar.call.impl;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.CallRequest;
import io.busbar.testing.FakeDispatcher;
import io.busbar.testing.FakeLane;
import io.busbar.testing.FakeLink;
import io.busbar.testing.FakeWorker;
import io.busbar.testing.ManualClock;
import io.busbar.worker.Slots;
import io.busbar.worker.impl.LanePort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * One random schedule: callers, dispatchers and workers on nodes of their own, a link with faults,
 * calls of all kinds, nodes that die. Everything follows from the seed.
 */
final class SimulatedCalls {
  private static final Item.BodyCase[] KINDS = {
    Item.BodyCase.ACCEPT,
    Item.BodyCase.CANCEL,
    Item.BodyCase.DONE,
    Item.BodyCase.ASSIGNED,
    Item.BodyCase.OFFER,
    Item.BodyCase.REJECT,
    Item.BodyCase.ATTEMPT_FAILED,
    Item.BodyCase.SUBMIT,
    Item.BodyCase.TELL,
    Item.BodyCase.GONE
  };

  final ManualClock clock = new ManualClock();
  final Random random;
  final List<String> violations = new ArrayList<>();
  final List<SimulatedClient> clients = new ArrayList<>();
  final Map<CallId, SimulatedClient> byId = new HashMap<>();
  final Set<String> dead = new HashSet<>();

  private final long seed;
  private final FakeLink link;
  private final BusOptions options = BusOptions.DEFAULTS;
  private final Map<Lane, MemoryBudget> lanes = new HashMap<>();
  private final Map<String, LaneCalls> callers = new HashMap<>();
  private final Map<String, FakeDispatcher> dispatchers = new HashMap<>();
  private final Map<String, LanePort> ports = new HashMap<>();
  private final Map<String, Slots> slots = new HashMap<>();
  private final boolean ahead;
  private Endpoint gateway;

  SimulatedCalls(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.link = new FakeLink(clock, seed);
    this.ahead = new Random(~seed).nextInt(3) > 0;
    boolean calm = random.nextInt(5) == 0;
    link.faults(
            calm ? 0 : random.nextDouble() * 0.2,
            calm ? 0 : random.nextDouble() * 0.2,
            calm ? 0 : random.nextDouble() * 0.3)
        .delay(1 + random.nextInt(20));
    if (random.nextInt(2) == 0) {
      Item.BodyCase victim = KINDS[random.nextInt(KINDS.length)];
      double share = random.nextDouble() * 0.7;
      link.tamper(
          item -> item.getBodyCase() == victim && random.nextDouble() < share ? null : item);
    }
    build();
  }

  private void build() {
    if (random.nextBoolean()) {
      for (String node : List.of("c1", "c2")) {
        Lane lane = lane(node);
        dispatchers.put(node, dispatcher(lane));
        callers.put(node, new LaneCalls(lane, lane::endpoint, null));
      }
    } else {
      for (String node : List.of("g1", "g2")) {
        dispatchers.put(node, dispatcher(lane(node)));
      }
      gateway = new Endpoint("g1", 0);
      callers.put("c1", new LaneCalls(lane("c1"), () -> gateway, null));
    }
    for (int i = 0; i < 3; i++) {
      worker("w" + i);
    }
  }

  private FakeDispatcher dispatcher(Lane lane) {
    return new FakeDispatcher(lane)
        .pool(2000, random.nextInt(3) == 0 ? 0 : random.nextInt(400_000), 50)
        .ahead(ahead ? 1 + (int) (seed * 7919 % 20_000) : 0);
  }

  private Lane lane(String node) {
    MemoryBudget budget = new MemoryBudget(options.memory());
    Lane lane =
        FakeLane.open(
            link,
            clock,
            new NodeIdentity(node, node, 1 + node.hashCode()),
            0,
            options,
            budget,
            BusObserver.NONE);
    lanes.put(lane, budget);
    return lane;
  }

  private void worker(String node) {
    Lane lane = lane(node);
    LanePort port = new LanePort(lane, change -> {}, task -> clock.schedule(0, task));
    Slots count = new Slots(1 + random.nextInt(3));
    SimulatedWorker script = new SimulatedWorker(this, node);
    var attachment =
        port.attach(
            WorkerInfo.newBuilder().setWorkerId(node).setPool("p").build(),
            count,
            new FakeWorker(random.nextBoolean(), script::serve));
    ports.put(node, port);
    slots.put(node, count);
    for (FakeDispatcher dispatcher : dispatchers.values()) {
      dispatcher.offerTo(lane.endpoint(), node, attachment.info().getIncarnation());
    }
  }

  void run() {
    int calls = 1 + random.nextInt(12);
    for (int i = 0; i < calls; i++) {
      clock.schedule(random.nextInt(2000), this::open);
    }
    if (random.nextInt(3) == 0) {
      clock.schedule(random.nextInt(3000), () -> die("w" + random.nextInt(3)));
    }
    if (gateway != null && random.nextInt(3) == 0) {
      clock.schedule(
          random.nextInt(3000),
          () -> {
            gateway = new Endpoint("g2", 0);
            die("g1");
          });
    }
    if (random.nextInt(10) == 0) {
      clock.schedule(random.nextInt(3000), () -> die("c1"));
    }
    clock.advance(120_000);
    check();
  }

  private void open() {
    List<String> alive = new ArrayList<>(callers.keySet());
    alive.removeAll(dead);
    if (alive.isEmpty()) {
      return;
    }
    String node = alive.get(random.nextInt(alive.size()));
    CallRequest request =
        CallRequest.to("p", RequestHead.newBuilder().setOrigin("test").build())
            .withTimeout(500 + random.nextInt(10_000));
    if (random.nextInt(3) == 0) {
      request = request.withRemaining(100 + random.nextInt(20_000));
    }
    SimulatedClient client =
        new SimulatedClient(this, node, (ClientCall) callers.get(node).open(request));
    clients.add(client);
    byId.put(client.call.id(), client);
    client.start();
  }

  private void die(String node) {
    if (!dead.add(node)) {
      return;
    }
    link.kill(node);
    if (random.nextBoolean()) {
      clock.schedule(
          random.nextInt(3000),
          () -> {
            for (Lane lane : lanes.keySet()) {
              if (!dead.contains(lane.endpoint().node())) {
                lane.peerLeft(node);
              }
            }
          });
    }
  }

  int succeeded() {
    return (int) clients.stream().filter(SimulatedClient::succeeded).count();
  }

  void violated(String what) {
    violations.add("seed " + seed + ": " + what);
  }

  private void check() {
    for (SimulatedClient client : clients) {
      client.check();
    }
    callers.forEach(
        (node, calls) -> {
          if (!dead.contains(node) && calls.size() > 0) {
            violated(calls.size() + " calls open at " + node);
          }
        });
    dispatchers.forEach(
        (node, dispatcher) -> {
          if (!dead.contains(node) && dispatcher.open() > 0) {
            violated(dispatcher.open() + " calls at the dispatcher of " + node);
          }
        });
    ports.forEach(
        (node, port) -> {
          if (!dead.contains(node) && port.running() + slots.get(node).running() > 0) {
            violated(
                port.running() + " attempts, " + slots.get(node).running() + " slots at " + node);
          }
        });
    lanes.forEach(
        (lane, budget) -> {
          lane.close();
          if (budget.used() != 0) {
            violated(budget.used() + " bytes of memory kept at " + lane.node().name());
          }
        });
  }
}
