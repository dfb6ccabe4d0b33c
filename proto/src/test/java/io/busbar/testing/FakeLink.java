package io.busbar.testing;

import com.google.protobuf.InvalidProtocolBufferException;
import io.busbar.bus.Endpoint;
import io.busbar.bus.impl.LaneCore;
import io.busbar.bus.v1.Envelope;
import io.busbar.bus.v1.Item;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What carries messages between {@link FakeLane}s: loses, doubles, delays and reorders those
 * between nodes as its seed says, never those within a node. All on a {@link ManualClock}.
 */
public final class FakeLink {
  private final ManualClock clock;
  private final Random random;
  private final Map<Endpoint, LaneCore> lanes = new HashMap<>();
  private final Set<String> dead = new HashSet<>();
  private final Set<String> cut = new HashSet<>();
  private double loss;
  private double duplication;
  private double reordering;
  private int delay = 1;
  private long lastArrival;
  private UnaryOperator<Item> tamper;
  private long sent;
  private long lost;

  public FakeLink(ManualClock clock, long seed) {
    this.clock = clock;
    this.random = new Random(seed);
  }

  /** Shares of messages, 0 to 1, that get lost, doubled, or overtaken. */
  public FakeLink faults(double newLoss, double newDuplication, double newReordering) {
    loss = newLoss;
    duplication = newDuplication;
    reordering = newReordering;
    return this;
  }

  /** Milliseconds a message takes between nodes. */
  public FakeLink delay(int millis) {
    delay = millis;
    return this;
  }

  /** Changes each item between nodes on its way; null = takes it out. */
  public FakeLink tamper(UnaryOperator<Item> change) {
    tamper = change;
    return this;
  }

  /** From now on nothing comes from that node or gets to it. */
  public void kill(String node) {
    dead.add(node);
  }

  /** Cuts one direction between two nodes, until {@link #mend}. */
  public void cut(String from, String to) {
    cut.add(from + ">" + to);
  }

  public void mend(String from, String to) {
    cut.remove(from + ">" + to);
  }

  /** Messages handed over so far. */
  public long sent() {
    return sent;
  }

  /** Messages that did not arrive. */
  public long lost() {
    return lost;
  }

  void attach(LaneCore lane) {
    lanes.put(lane.endpoint(), lane);
  }

  void detach(Endpoint endpoint) {
    lanes.remove(endpoint);
  }

  void transmit(Endpoint from, Endpoint to, Envelope envelope) {
    sent++;
    if (from.node().equals(to.node())) {
      clock.schedule(0, () -> arrive(from, to, envelope));
      return;
    }
    if (random.nextDouble() < loss) {
      lost++;
      return;
    }
    Envelope carried = tampered(envelope);
    carry(from, to, carried);
    if (random.nextDouble() < duplication) {
      carry(from, to, carried);
    }
  }

  private void carry(Endpoint from, Endpoint to, Envelope envelope) {
    long at = clock.now() + delay;
    if (random.nextDouble() < reordering) {
      at += 1 + random.nextInt(10 * delay + 1);
    } else {
      at = Math.max(at, lastArrival);
      lastArrival = at;
    }
    Envelope copy = random.nextInt(8) == 0 ? throughBytes(envelope) : envelope;
    clock.schedule(at - clock.now(), () -> arrive(from, to, copy));
  }

  private void arrive(Endpoint from, Endpoint to, Envelope envelope) {
    LaneCore lane = lanes.get(to);
    if (lane == null
        || dead.contains(from.node())
        || dead.contains(to.node())
        || cut.contains(from.node() + ">" + to.node())) {
      lost++;
      return;
    }
    lane.receive(envelope);
  }

  private Envelope tampered(Envelope envelope) {
    if (tamper == null) {
      return envelope;
    }
    Envelope.Builder changed = envelope.toBuilder().clearItems();
    for (Item item : envelope.getItemsList()) {
      Item now = tamper.apply(item);
      if (now != null) {
        changed.addItems(now);
      }
    }
    return changed.build();
  }

  private static Envelope throughBytes(Envelope envelope) {
    try {
      return Envelope.parseFrom(envelope.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
