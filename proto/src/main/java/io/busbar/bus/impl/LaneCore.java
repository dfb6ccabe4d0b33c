package io.busbar.bus.impl;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.BusReader;
import io.busbar.bus.BusWriter;
import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.Service;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Envelope;
import io.busbar.bus.v1.Item;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A lane on top of some {@link LaneIo}. */
public final class LaneCore implements Lane {
  private static final int MAX_LANE = 255;

  /** Hand-overs of a lane to itself in one turn; a call takes seven. Others get their turn then. */
  private static final int MOST_ROUNDS = 16;

  private final Item.Builder item = Item.newBuilder();
  private final Endpoint self;
  private final NodeIdentity node;
  private final BusOptions options;
  private final MemoryBudget budget;
  private final BusObserver observer;
  private final LaneIo io;
  private final Guard guard;
  private final Outboxes outboxes;
  private final Arrivals arrivals;
  private final Watch watch;
  private final Streams streams;
  private final Questions questions;
  private final Map<Item.BodyCase, ItemHandler> handlers = new EnumMap<>(Item.BodyCase.class);
  private final List<Handler<String>> peerLeftHandlers = new ArrayList<>();
  private long lastId;
  private boolean closed;

  public LaneCore(
      NodeIdentity node,
      int index,
      BusOptions options,
      MemoryBudget budget,
      BusObserver observer,
      LaneIo io) {
    if (index < 0 || index > MAX_LANE) {
      throw new IllegalArgumentException("lane " + index + ", expected 0 to " + MAX_LANE);
    }
    this.self = new Endpoint(node.id(), index);
    this.node = node;
    this.options = options;
    this.budget = budget;
    this.observer = observer;
    this.io = io;
    this.guard = new Guard(node.name() + "/" + index, observer);
    this.watch = new Watch(io, options.probeMillis() / 2, guard);
    this.arrivals = new Arrivals(2 * options.probeMillis());
    this.outboxes = new Outboxes(self, options, io, observer, this::flush);
    this.streams = new Streams(index, io, options, budget, outboxes, watch, guard, observer);
    this.questions = new Questions(io, options, outboxes, watch, observer);
    budget.laneOpened();
  }

  @Override
  public Endpoint endpoint() {
    return self;
  }

  @Override
  public NodeIdentity node() {
    return node;
  }

  @Override
  public Context context() {
    return io.context();
  }

  @Override
  public BusOptions options() {
    return options;
  }

  /** All that an item has is its body, which the next one replaces. */
  @Override
  public Item.Builder item() {
    return item;
  }

  @Override
  public long now() {
    return io.now();
  }

  @Override
  public Timer timer(long delay, Runnable action) {
    Runnable cancel = io.timer(delay, action);
    return cancel::run;
  }

  @Override
  public CallId nextId() {
    return CallId.of(node.incarnation(), self.lane(), ++lastId);
  }

  @Override
  public void send(Endpoint to, Item item) {
    check();
    if (!closed) {
      outboxes.send(to, item);
    }
  }

  @Override
  public void handle(Item.BodyCase kind, ItemHandler handler) {
    check();
    switch (kind) {
      case FRAME, REPORT, PROBE, GONE, ASK, ANSWER, TELL, BODY_NOT_SET ->
          throw new IllegalStateException(kind + " is the lane's own");
      default -> {
        if (handlers.putIfAbsent(kind, handler) != null) {
          throw new IllegalStateException(kind + " has a handler on this lane already");
        }
      }
    }
  }

  @Override
  public BusWriter openWriter(StreamSpec spec) {
    check();
    return streams.openWriter(spec);
  }

  @Override
  public BusReader openReader(StreamSpec spec) {
    check();
    return streams.openReader(spec);
  }

  @Override
  public long firstLimit(long wanted) {
    // Coarse steps leave room for many, and for streams that are under way already.
    long used = budget.used();
    long quarter = budget.total() / 4;
    if (used < quarter) {
      return wanted;
    } else if (used < 2 * quarter) {
      return Math.max(options.frame(), wanted / 2);
    } else if (used < 3 * quarter) {
      return options.frame();
    }
    return options.smallestGrant();
  }

  @Override
  public <Q, R> Future<R> ask(Endpoint to, Service<Q, R> service, Q question, Duration timeout) {
    check();
    return closed
        ? Future.failedFuture(closing().toException())
        : questions.ask(to, service, question, timeout);
  }

  @Override
  public <Q> void tell(Endpoint to, Service<Q, ?> service, Q message) {
    check();
    if (!closed) {
      questions.tell(to, service, message);
    }
  }

  @Override
  public <Q, R> void serve(Service<Q, R> service, Function<Q, Future<R>> answer) {
    check();
    questions.serve(service, answer);
  }

  @Override
  public void peerLeft(String nodeId) {
    check();
    streams.peerLeft(nodeId);
    questions.peerLeft(nodeId);
    outboxes.peerLeft(nodeId);
    arrivals.peerLeft(nodeId);
    for (Handler<String> listener : new ArrayList<>(peerLeftHandlers)) {
      guard.run(() -> listener.handle(nodeId));
    }
  }

  @Override
  public void peerLeftHandler(Handler<String> listener) {
    peerLeftHandlers.add(listener);
  }

  @Override
  public Future<Void> close() {
    check();
    if (closed) {
      return Future.succeededFuture();
    }
    streams.close(closing());
    questions.close(closing());
    streams.fill();
    outboxes.flush();
    closed = true;
    watch.close();
    budget.laneClosed();
    return io.close();
  }

  private static Failure closing() {
    return Failure.of(FailureCode.UNAVAILABLE, "the lane is closed");
  }

  private void check() {
    if (!io.onLane()) {
      throw new IllegalStateException(
          "lane " + self.lane() + " used on thread " + Thread.currentThread().getName());
    }
  }

  // ---- what arrives

  /** A message from the link; null = it could not be read. */
  public void receive(Envelope envelope) {
    if (closed) {
      return;
    }
    if (envelope == null || envelope.getNode().isEmpty()) {
      observer.garbage("not a message of the bus");
      return;
    }
    int lane = envelope.getLane();
    if (lane < 0 || lane > MAX_LANE) {
      observer.garbage("lane of the sender out of range");
      return;
    }
    boolean local = envelope.getNode().equals(self.node());
    Endpoint from = self;
    if (!local || lane != self.lane()) {
      Arrivals.Sender sender = arrivals.from(envelope.getNode(), lane);
      from = sender.endpoint;
      streams.arrivals().late(sender.late(envelope.getSentMs(), io.now()));
    }
    long bytes = items(from, envelope.getItemsList());
    streams.arrivals().late(false);
    observer.envelopeReceived(
        local ? BusObserver.PeerClass.LOCAL : BusObserver.PeerClass.REMOTE,
        envelope.getItemsCount(),
        bytes);
  }

  /** Bytes of frame data in them. */
  private long items(Endpoint from, List<Item> items) {
    long bytes = 0;
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      if (item.hasFrame()) {
        bytes += item.getFrame().getData().size();
      }
      guarded(from, item);
      if (from != self && options.ahead() > 0) {
        // What an accept means to a caller here comes before the answer behind that accept.
        handOver();
      }
    }
    return bytes;
  }

  private void guarded(Endpoint from, Item item) {
    try {
      item(from, item);
    } catch (RuntimeException e) {
      guard.failed(e);
    }
  }

  /** What this lane has for itself; counted like a message. */
  private void receiveOwn(List<Object> entries) {
    int count = entries.size();
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      if (entries.get(i) instanceof StreamEnd end) {
        bytes += handOver(end);
      } else {
        guarded(self, (Item) entries.get(i));
      }
    }
    observer.envelopeSent(BusObserver.PeerClass.LOCAL, count, bytes);
    observer.envelopeReceived(BusObserver.PeerClass.LOCAL, count, bytes);
  }

  private long handOver(StreamEnd end) {
    try {
      return end.handOver();
    } catch (RuntimeException e) {
      guard.failed(e);
      return 0;
    }
  }

  private void item(Endpoint from, Item item) {
    switch (item.getBodyCase()) {
      case FRAME -> streams.arrivals().frame(from, item.getFrame());
      case REPORT -> streams.arrivals().report(from, item.getReport());
      case PROBE -> streams.arrivals().probe(from, item.getProbe());
      case GONE -> streams.arrivals().gone(from, item.getGone());
      case ASK -> questions.asked(from, item.getAsk());
      case ANSWER -> questions.answer(from, item.getAnswer());
      case TELL -> questions.told(item.getTell());
      case BODY_NOT_SET -> observer.garbage("unknown item");
      default -> {
        ItemHandler handler = handlers.get(item.getBodyCase());
        if (handler == null) {
          observer.garbage("nobody here handles " + item.getBodyCase());
        } else {
          handler.handle(from, item);
        }
      }
    }
  }

  // ---- what leaves

  private void flush() {
    if (closed) {
      return;
    }
    outboxes.flushing();
    try {
      handOverOwn();
      outboxes.flush();
      streams.drain();
    } finally {
      outboxes.flushed();
    }
  }

  /**
   * Fills the outboxes, and hands over what this lane has for itself, until there is nothing left:
   * a call on one lane goes through in one turn, and what it causes elsewhere leaves together.
   */
  private void handOverOwn() {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      streams.fill();
      outboxes.gathered();
      if (!handOver()) {
        return;
      }
    }
    streams.fill();
    outboxes.gathered();
  }

  /** What this lane has for itself by now; false if that is nothing. */
  private boolean handOver() {
    OwnItems own = outboxes.own();
    if (own.isEmpty() || closed) {
      return false;
    }
    List<Object> entries = own.take();
    try {
      receiveOwn(entries);
    } finally {
      own.giveBack(entries);
    }
    return true;
  }
}
