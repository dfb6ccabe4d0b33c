package io.busbar.controlplane.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Hosts with clocks of their own, a network that loses, repeats, delays and cuts, and a schedule of
 * faults, all out of one seed. Everything that breaks a promise is written down.
 */
final class SimWorld {
  /** What is taken away to show that the simulation notices. */
  enum Mutation {
    NONE,
    NO_EPOCH_CHECK,
    NO_MAJORITY,
    NO_LEASE_MARGIN
  }

  /** Whether of two halves the one with the lowest host goes on. */
  private final boolean ties;

  static final List<String> KEYS = List.of("c1", "c2", "c3");
  private static final long FAULTS = 35_000;
  private static final long SETTLE = 45_000;

  /** What happens in the same millisecond happens in the order in which it was planned. */
  private static final class Event {
    final Runnable run;
    Event next;

    Event(Runnable run) {
      this.run = run;
    }
  }

  final SplittableRandom random;
  final SplittableRandom shuffle;
  final Mutation mutation;
  final SimJournal journal;
  final List<SimHost> hosts = new ArrayList<>();
  final List<String> broken = new ArrayList<>();
  final List<String> trace;
  long now;
  int acked;
  int owned;
  int takeovers;

  /** First and last one of each millisecond. */
  private final Event[] events = new Event[(int) (FAULTS + SETTLE + 1)];

  private final Event[] lastEvents = new Event[events.length];
  private final SimHost[] writers = new SimHost[KEYS.size()];
  private final Set<SimHost> cutOff = new HashSet<>();
  private final long[] lastOwned = new long[KEYS.size()];
  private boolean calm;

  SimWorld(long seed, Mutation mutation, boolean traced) {
    this(seed, mutation, traced, false);
  }

  SimWorld(long seed, Mutation mutation, boolean traced, boolean ties) {
    this.ties = ties;
    random = new SplittableRandom(seed);
    shuffle = random.split();
    this.mutation = mutation;
    journal = new SimJournal(mutation != Mutation.NO_EPOCH_CHECK);
    trace = traced ? new ArrayList<>() : null;
    int count = ties ? 4 + 2 * random.nextInt(3) : 5 + random.nextInt(5);
    List<HostName> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(HostName.parse("10.0.0." + (i + 1)).orElseThrow());
    }
    for (HostName name : names) {
      hosts.add(new SimHost(this, name, names));
    }
    hosts.forEach(host -> host.start(true));
  }

  void run() {
    for (int i = 0; i < 6; i++) {
      at(random.nextLong(FAULTS), this::fault);
    }
    for (long t = 200; t < FAULTS + SETTLE; t += 150 + random.nextLong(200)) {
      at(t, this::work);
    }
    at(FAULTS, this::calmDown);
    for (int t = 0; t < events.length && broken.isEmpty(); t++) {
      now = t;
      for (Event event = events[t]; event != null && broken.isEmpty(); event = event.next) {
        event.run.run();
      }
    }
    now = FAULTS + SETTLE;
    if (broken.isEmpty()) {
      atTheEnd();
    }
  }

  /** Not in the past. */
  void at(long when, Runnable what) {
    if (when >= events.length) {
      return;
    }
    int t = (int) when;
    Event event = new Event(what);
    if (events[t] == null) {
      events[t] = event;
    } else {
      lastEvents[t].next = event;
    }
    lastEvents[t] = event;
  }

  void say(String line) {
    if (trace != null) {
      trace.add(String.format("%7d %s", now, line));
    }
  }

  void broken(String promise) {
    say("BROKEN " + promise);
    broken.add(promise);
  }

  /** Delivers to the host, perhaps late, twice or never. */
  void send(SimHost from, SimHost to, Consumer<SimHost> message) {
    if (!calm && random.nextInt(100) < 3) {
      return;
    }
    int copies = !calm && random.nextInt(100) < 3 ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = 1 + random.nextInt(20);
      if (!calm && random.nextInt(50) == 0) {
        delay += random.nextInt(3000);
      }
      int life = to.life;
      at(
          now + delay,
          () -> {
            if (to.life == life && to.isUp() && isOpen(from, to)) {
              to.soon(() -> message.accept(to));
            }
          });
    }
  }

  boolean isOpen(SimHost a, SimHost b) {
    return cutOff.contains(a) == cutOff.contains(b);
  }

  boolean calm() {
    return calm;
  }

  boolean breaksTies() {
    return ties;
  }

  SimHost host(HostName name) {
    // No stream: each message asks, and the first compiler is poor at them.
    for (SimHost host : hosts) {
      if (host.name.equals(name)) {
        return host;
      }
    }
    throw new IllegalArgumentException("no host " + name);
  }

  private SimHost any() {
    return hosts.get(random.nextInt(hosts.size()));
  }

  private void fault() {
    if (calm) {
      return;
    }
    SimHost host = any();
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        cutOff.clear();
        for (SimHost each : hosts) {
          if (random.nextInt(100) < 40) {
            cutOff.add(each);
          }
        }
        say("cut off " + cutOff.stream().map(h -> h.name.toString()).sorted().toList());
        at(now + 3000 + random.nextInt(25_000), this::mend);
      }
      case 2 -> {
        long pause = 500 + random.nextInt(20_000);
        say(host.name + " pauses for " + pause);
        host.pause(pause);
      }
      case 3, 4 -> {
        host.crash();
        at(now + 500 + random.nextInt(25_000), () -> host.start(false));
      }
      default -> {
        if (2 * (hosts.stream().filter(h -> !h.closing).count() - 1) > hosts.size() + 1) {
          host.leave();
        }
      }
    }
  }

  private void mend() {
    cutOff.clear();
    say("mended");
  }

  private void work() {
    // Without faults two hosts are asked for keys; with many, votes can stay split for long.
    SimHost host =
        calm ? hosts.stream().filter(h -> !h.closing).toList().get(random.nextInt(2)) : any();
    if (host.isUp()) {
      String key = KEYS.get(random.nextInt(KEYS.size()));
      boolean hand = !calm && random.nextInt(40) == 0;
      HostName target = any().name;
      host.soon(() -> host.owner.work(key, hand ? target : null));
    }
  }

  private void calmDown() {
    calm = true;
    mend();
    for (SimHost host : hosts) {
      host.resume();
      if (!host.isUp() && !host.closing) {
        host.start(false);
      }
    }
  }

  /** At most one host may write, by its own clock, at any instant. */
  void checkWriters() {
    Arrays.fill(writers, null);
    for (SimHost host : hosts) {
      for (int key = 0; host.isUp() && key < writers.length; key++) {
        if (host.owner.canWrite(key)) {
          if (writers[key] != null) {
            String name = KEYS.get(key);
            broken("two owners of " + name + ": " + writers[key].name + " and " + host.name);
          }
          writers[key] = host;
          lastOwned[key] = now;
        }
      }
    }
  }

  int countedHosts() {
    return (int)
        hosts.stream()
            .filter(h -> !h.closing || (h.isUp() && h.node.state() != NodeState.CLOSING))
            .count();
  }

  private void atTheEnd() {
    List<SimHost> live = hosts.stream().filter(SimHost::isUp).toList();
    List<HostName> names = live.stream().map(h -> h.name).toList();
    for (SimHost host : live) {
      if (host.node.state() != NodeState.UP) {
        broken(host.name + " is " + host.node.state() + " long after the last fault");
      }
      if (!host.peers.healthy(NodeState.UP).equals(names)) {
        broken(host.name + " sees " + host.peers.healthy(NodeState.UP) + ", there are " + names);
      }
    }
    for (String key : KEYS) {
      long epoch = 0;
      for (SimJournal.Entry entry : journal.entries(key)) {
        if (entry.epoch() < epoch) {
          broken("epoch " + entry.epoch() + " wrote to " + key + " after epoch " + epoch);
        }
        epoch = entry.epoch();
      }
      if (lastOwned[KEYS.indexOf(key)] < FAULTS + SETTLE / 2) {
        broken("nobody owns " + key + " long after the last fault");
      }
    }
  }
}
