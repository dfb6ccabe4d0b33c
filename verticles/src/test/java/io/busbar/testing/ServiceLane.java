package io.busbar.testing;

import io.busbar.bus.Endpoint;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.Service;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A lane with services, and time that goes on with the clock and by leaps with {@link #advance};
 * timers follow the clock only.
 */
public final class ServiceLane extends BareLane {
  private static final NodeIdentity NODE = new NodeIdentity("fake-node", "fake", 7);

  private final Map<String, Function<Object, Future<?>>> services;
  private final AtomicLong leap = new AtomicLong();
  private volatile long stoppedAt;

  public ServiceLane(Context context) {
    this(context, 0, new ConcurrentHashMap<>());
  }

  private ServiceLane(
      Context context, int index, Map<String, Function<Object, Future<?>>> services) {
    super(context, NODE, index);
    this.services = services;
  }

  /** Another lane of the same node. */
  public ServiceLane sibling(Context other, int index) {
    return new ServiceLane(other, index, services);
  }

  /** From now on its time goes on by leaps only. */
  public void stopClock() {
    stoppedAt = System.nanoTime() / 1_000_000;
  }

  public void advance(long millis) {
    leap.addAndGet(millis);
  }

  @Override
  public long now() {
    long stopped = stoppedAt;
    return (stopped == 0 ? System.nanoTime() / 1_000_000 : stopped) + leap.get();
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
  @SuppressWarnings("unchecked")
  public <Q, R> void serve(Service<Q, R> service, Function<Q, Future<R>> answer) {
    services.put(endpoint().lane() + " " + service.name(), question -> answer.apply((Q) question));
  }
}
