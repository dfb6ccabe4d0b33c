package io.busbar.bus;

import io.busbar.bus.v1.Item;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Function;

/**
 * One event loop's place on the bus: an inbox, outboxes to other lanes, and the streams that end
 * here. Everything of a lane runs on its context; no method may be called from elsewhere, none
 * blocks.
 */
public interface Lane {
  /** Where this lane's inbox is. */
  Endpoint endpoint();

  /** Name and incarnation of the node this lane belongs to. */
  NodeIdentity node();

  Context context();

  BusOptions options();

  /** A new id, unique for the life of the cluster. */
  CallId nextId();

  /**
   * Puts an item into the outbox to a lane, which may be this one. All items for one lane of one
   * turn of the event loop leave in one bus message, in the order of the calls; those for this lane
   * itself are handed over at the turn's end, never within this call. Delivery is at most once.
   */
  void send(Endpoint to, Item item);

  /**
   * Registers the handler for items of one kind. One handler per kind; a second one is refused with
   * IllegalStateException. Stream items (frame, report, probe, gone) and ask, answer, tell are the
   * lane's own.
   */
  void handle(Item.BodyCase kind, ItemHandler handler);

  /**
   * Handler of one kind of item. Must not throw: an exception is logged and counted, the lane
   * lives.
   */
  @FunctionalInterface
  interface ItemHandler {
    void handle(Endpoint from, Item item);
  }

  /**
   * Opens the writing end of one direction of a stream.
   *
   * @param spec which stream, who reads it, the first limit, how much is kept for a rewind
   */
  BusWriter openWriter(StreamSpec spec);

  /**
   * An empty item to be built. For what every call sends: one builder may serve all items of a
   * lane, so build before the next is asked for.
   */
  default Item.Builder item() {
    return Item.newBuilder();
  }

  /** Opens the reading end of one direction of a stream. */
  BusReader openReader(StreamSpec spec);

  /**
   * The first grant of a stream that is about to be read here, in bytes: {@code wanted} while there
   * is room in the node's memory budget, less when it runs low, never below the smallest grant
   * ({@link BusOptions#smallestGrant}). The bytes are taken when the reader is opened with this
   * limit; a grant that is never used costs nothing.
   */
  long firstLimit(long wanted);

  /**
   * Asks a service of another lane and waits for the one answer. Fails with the service's failure,
   * with NOT_IMPLEMENTED when the lane has no such service, NODE_LOST when the node leaves, and
   * DEADLINE_EXCEEDED after the time-out. The question is repeated until answered; the service sees
   * it once.
   */
  <Q, R> Future<R> ask(Endpoint to, Service<Q, R> service, Q question, Duration timeout);

  /** Sends without an answer, at most once. */
  <Q> void tell(Endpoint to, Service<Q, ?> service, Q message);

  /** Answers a service's questions and tells on this lane. The function must not block. */
  <Q, R> void serve(Service<Q, R> service, Function<Q, Future<R>> answer);

  /** All streams and questions with that node end with NODE_LOST. */
  void peerLeft(String nodeId);

  /** Fails what is open with UNAVAILABLE, and takes the inbox off the bus. */
  Future<Void> close();

  /** Adds a listener that is told by {@link #peerLeft}, after the streams were. */
  void peerLeftHandler(Handler<String> listener);

  /** Monotonic milliseconds of this lane, for measuring spans; not a date. */
  default long now() {
    return System.nanoTime() / 1_000_000;
  }

  /** Runs the action once on the lane, not before the delay in milliseconds has passed. */
  default Timer timer(long delay, Runnable action) {
    Vertx vertx = context().owner();
    long id = vertx.setTimer(Math.max(1, delay), fired -> action.run());
    return () -> vertx.cancelTimer(id);
  }

  /** A timer that can be called off; harmless after it ran. */
  @FunctionalInterface
  interface Timer {
    void cancel();
  }
}
