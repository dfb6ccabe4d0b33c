package io.busbar.testing;

import io.busbar.bus.BusOptions;
import io.busbar.bus.BusReader;
import io.busbar.bus.BusWriter;
import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.Service;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Item;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A lane with ids, time and services, and no streams. Time goes on with the clock, and by leaps
 * with {@link #advance}; timers follow the clock only.
 */
public final class FakeLane implements Lane {
  private static final long INCARNATION = 7;

  private final Context context;
  private final Endpoint endpoint;
  private final NodeIdentity node;
  private final Map<String, Function<Object, Future<?>>> services;
  private final AtomicLong counter = new AtomicLong();
  private final AtomicLong leap = new AtomicLong();

  public FakeLane(Context context) {
    this(context, 0, new ConcurrentHashMap<>());
  }

  private FakeLane(Context context, int index, Map<String, Function<Object, Future<?>>> services) {
    this.context = context;
    this.endpoint = new Endpoint("fake-node", index);
    this.node = new NodeIdentity("fake-node", "fake", INCARNATION);
    this.services = services;
  }

  /** Another lane of the same node. */
  public FakeLane sibling(Context other, int index) {
    return new FakeLane(other, index, services);
  }

  public void advance(long millis) {
    leap.addAndGet(millis);
  }

  @Override
  public long now() {
    return System.nanoTime() / 1_000_000 + leap.get();
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public NodeIdentity node() {
    return node;
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public BusOptions options() {
    return BusOptions.DEFAULTS;
  }

  @Override
  public CallId nextId() {
    return CallId.of(INCARNATION, endpoint.lane(), counter.incrementAndGet());
  }

  @Override
  public void send(Endpoint to, Item item) {
    throw new UnsupportedOperationException("send");
  }

  @Override
  public void handle(Item.BodyCase kind, ItemHandler handler) {
    throw new UnsupportedOperationException("handle");
  }

  @Override
  public BusWriter openWriter(StreamSpec spec) {
    throw new UnsupportedOperationException("openWriter");
  }

  @Override
  public BusReader openReader(StreamSpec spec) {
    throw new UnsupportedOperationException("openReader");
  }

  @Override
  public long firstLimit(long wanted) {
    return wanted;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <Q, R> Future<R> ask(Endpoint to, Service<Q, R> service, Q question, Duration timeout) {
    Function<Object, Future<?>> answer = services.get(to.lane() + " " + service.name());
    if (answer == null) {
      return Future.failedFuture(
          Failure.of(FailureCode.NOT_IMPLEMENTED, service.name()).toException());
    }
    return (Future<R>) answer.apply(question);
  }

  @Override
  public <Q> void tell(Endpoint to, Service<Q, ?> service, Q message) {
    throw new UnsupportedOperationException("tell");
  }

  @Override
  @SuppressWarnings("unchecked")
  public <Q, R> void serve(Service<Q, R> service, Function<Q, Future<R>> answer) {
    services.put(endpoint.lane() + " " + service.name(), question -> answer.apply((Q) question));
  }

  @Override
  public void peerLeft(String nodeId) {
    throw new UnsupportedOperationException("peerLeft");
  }

  @Override
  public void peerLeftHandler(Handler<String> listener) {
    throw new UnsupportedOperationException("peerLeftHandler");
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
