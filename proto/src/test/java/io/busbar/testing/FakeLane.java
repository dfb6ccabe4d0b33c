package io.busbar.testing;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.impl.LaneCore;
import io.busbar.bus.impl.LaneIo;
import io.busbar.bus.v1.Envelope;
import io.vertx.core.Context;
import io.vertx.core.Future;

/**
 * A real lane on a {@link FakeLink} and a {@link ManualClock} instead of an event bus and an event
 * loop; {@link Lane#context()} is null.
 */
public final class FakeLane implements LaneIo {
  private final FakeLink link;
  private final ManualClock clock;
  private final Endpoint self;

  private FakeLane(FakeLink link, ManualClock clock, Endpoint self) {
    this.link = link;
    this.clock = clock;
    this.self = self;
  }

  /** Opens lane {@code index} of the node. */
  public static Lane open(
      FakeLink link,
      ManualClock clock,
      NodeIdentity node,
      int index,
      BusOptions options,
      MemoryBudget memory,
      BusObserver observer) {
    FakeLane io = new FakeLane(link, clock, new Endpoint(node.id(), index));
    LaneCore lane = new LaneCore(node, index, options, memory, observer, io);
    link.attach(lane);
    return lane;
  }

  /** Opens lane 0 of a node of that name, with default options and a budget of its own. */
  public static Lane open(FakeLink link, ManualClock clock, String node) {
    BusOptions options = BusOptions.DEFAULTS;
    return open(
        link,
        clock,
        new NodeIdentity(node, node, 1 + (node.hashCode() & Integer.MAX_VALUE)),
        0,
        options,
        new MemoryBudget(options.memory()),
        BusObserver.NONE);
  }

  @Override
  public Context context() {
    return null;
  }

  @Override
  public boolean onLane() {
    return true;
  }

  @Override
  public long now() {
    return clock.now();
  }

  @Override
  public void later(Runnable action) {
    clock.schedule(0, action);
  }

  @Override
  public Runnable timer(long delay, Runnable action) {
    return clock.schedule(delay, action);
  }

  @Override
  public Future<Void> transmit(Endpoint to, Envelope envelope) {
    link.transmit(self, to, envelope);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> close() {
    link.detach(self);
    return Future.succeededFuture();
  }
}
