package io.busbar.bus.impl;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.Envelope;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.MessageConsumerOptions;
import io.vertx.core.eventbus.MessageProducer;
import java.util.HashMap;
import java.util.Map;

/** A lane's io on the Vert.x event bus. */
public final class VertxLane implements LaneIo {

  /** The consumer is never paused, so this only guards against a change of that. */
  private static final int INBOX_LIMIT = 1 << 20;

  private static final int MAX_PRODUCERS = 4096;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Vertx vertx;
  private final Context context;
  private final Thread thread;
  private final String nodeId;
  private final DeliveryOptions local = BusCodec.options().setLocalOnly(true);
  private final DeliveryOptions clustered = BusCodec.options();
  private final Handler<Void> endOfTurn = ignored -> turnTimed = false;
  private final Map<Endpoint, MessageProducer<Envelope>> producers = new HashMap<>();
  private MessageConsumer<Object> inbox;
  private long turnTime;
  private boolean turnTimed;

  private VertxLane(Vertx vertx, Context context, String nodeId) {
    this.vertx = vertx;
    this.context = context;
    this.thread = Thread.currentThread();
    this.nodeId = nodeId;
  }

  /** See {@link io.busbar.bus.Lanes#open}. */
  public static Future<Lane> open(
      Vertx vertx,
      NodeIdentity node,
      int index,
      BusOptions options,
      MemoryBudget memory,
      BusObserver observer) {
    Context context = Vertx.currentContext();
    if (context == null || !context.isEventLoopContext()) {
      throw new IllegalStateException("a lane is opened on the event-loop context it lives on");
    }
    BusCodec.register(vertx);
    VertxLane io = new VertxLane(vertx, context, node.id());
    LaneCore lane = new LaneCore(node, index, options, memory, observer, io);
    return io.listen(lane).map(lane);
  }

  private Future<Void> listen(LaneCore lane) {
    inbox =
        vertx
            .eventBus()
            .consumer(
                new MessageConsumerOptions()
                    .setAddress(Addresses.inbox(lane.endpoint()))
                    .setMaxBufferedMessages(INBOX_LIMIT));
    inbox.handler(message -> lane.receive(BusCodec.body(message, Envelope.class)));
    return inbox.completion();
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public boolean onLane() {
    return Thread.currentThread() == thread;
  }

  /** The clock is read once a turn: a call asks twenty times, and reading costs 30 ns and more. */
  @Override
  public long now() {
    if (!onLane()) {
      return System.nanoTime() / NANOS_PER_MILLI;
    }
    if (!turnTimed) {
      turnTime = System.nanoTime() / NANOS_PER_MILLI;
      turnTimed = true;
      context.runOnContext(endOfTurn);
    }
    return turnTime;
  }

  @Override
  public void later(Runnable action) {
    context.runOnContext(
        ignored -> {
          turnTimed = false;
          action.run();
        });
  }

  @Override
  public Runnable timer(long delay, Runnable action) {
    long id =
        vertx.setTimer(
            Math.max(1, delay),
            fired -> {
              turnTimed = false;
              action.run();
            });
    return () -> vertx.cancelTimer(id);
  }

  @Override
  public Future<Void> transmit(Endpoint to, Envelope envelope) {
    MessageProducer<Envelope> producer = producers.get(to);
    if (producer == null) {
      if (producers.size() >= MAX_PRODUCERS) {
        producers.clear();
      }
      DeliveryOptions how = to.node().equals(nodeId) ? local : clustered;
      producer = vertx.eventBus().sender(Addresses.inbox(to), how);
      producers.put(to, producer);
    }
    try {
      return producer.write(envelope);
    } catch (IllegalStateException e) {
      // Vert.x 5.0.12 throws this, after it has failed the write, when the connection is closed.
      return Future.failedFuture(e);
    }
  }

  @Override
  public Future<Void> close() {
    producers.clear();
    return inbox.unregister();
  }
}
