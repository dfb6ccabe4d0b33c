package io.busbar.runner;

import io.busbar.call.WorkerRef;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Routes;
import io.busbar.security.Access;
import io.busbar.testing.FakeCalls;
import io.busbar.testing.FakeFnLb;
import io.busbar.testing.ServiceLane;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A started front side over {@link FakeCalls}, and what a test wants to change of it. */
final class RunnerRig implements AutoCloseable {
  static final String CALL =
      """
      {"id":"01HZX3T7Q4NG8G00GZJ0000042","status":"running","image":"fn/echo:1","type":"sync",
       "url":"http://gw.example/invoke/f1","method":"POST","timeout":30,"idle_timeout":60,
       "memory":128,"cpus":"100m","headers":{"Content-Type":["text/plain"],"X-Tag":["a","b"]},
       "created_at":"2026-01-15T10:20:30.123Z","started_at":"0001-01-01T00:00:00.000Z",
       "completed_at":"0001-01-01T00:00:00.000Z",
       "app_id":"a1","app_name":"media","trigger_id":"","fn_id":"f1"}""";

  RunnerOptions options = RunnerOptions.DEFAULTS.withAddress("127.0.0.1", 0);
  Routes routes = Routes.NONE;
  Function<String, PoolAffinity> affinity = pool -> PoolAffinity.NONE;
  Function<String, List<WorkerRef>> workers = pool -> List.of();
  UnaryOperator<HttpServerOptions> customizer = http -> http;
  Access access = Access.OPEN;
  final RunnerNode node = new RunnerNode();

  Vertx vertx;
  ServiceLane lane;
  FakeCalls calls;
  RunnerFront front;

  RunnerRig options(UnaryOperator<RunnerOptionsBuilder> change) {
    options = change.apply(options.toBuilder()).build();
    return this;
  }

  RunnerRig start() {
    vertx = Vertx.vertx();
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    lane = new ServiceLane(context);
    calls = new FakeCalls(lane);
    front = new RunnerFront(options, routes, affinity, workers, customizer, access, calls, node);
    on(() -> front.start(lane));
    return this;
  }

  FakeFnLb lb() {
    return new FakeFnLb(vertx, "127.0.0.1", front.port());
  }

  /** Runs on the lane and waits for the result. */
  <T> T on(Supplier<Future<T>> action) {
    Promise<T> done = Promise.promise();
    lane.context().runOnContext(v -> action.get().onComplete(done));
    return await(done.future());
  }

  void onLane(Runnable action) {
    on(
        () -> {
          action.run();
          return Future.succeededFuture();
        });
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("failed or too late", e);
    }
  }

  /** Waits until the front side has looked for stalled clients once more. */
  void nextSweep() {
    long before = front.sweeps();
    until("a sweep", () -> front.sweeps() > before);
  }

  /** Waits, turn by turn of the lane, until the condition holds there. */
  void until(String what, BooleanSupplier condition) {
    Promise<Void> done = Promise.promise();
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    lane.context().runOnContext(v -> check(what, condition, limit, done));
    await(done.future());
  }

  private void check(String what, BooleanSupplier condition, long limit, Promise<Void> done) {
    if (condition.getAsBoolean()) {
      done.complete();
    } else if (System.nanoTime() > limit) {
      done.fail("never happened: " + what);
    } else {
      vertx.setTimer(1, t -> check(what, condition, limit, done));
    }
  }

  @Override
  public void close() {
    if (front != null) {
      on(front::stop);
    }
    await(vertx.close());
  }
}
