package io.busbar.gateway.bench;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import org.HdrHistogram.Histogram;

/** Keeps a fixed number of requests in flight, all on one context. Used once. */
final class OwnerLoop {
  private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(5);

  private final int inFlight;
  private final LongFunction<Future<?>> request;
  private final LongPredicate more;
  private final Promise<ClosedLoop.Round> done = Promise.promise();
  private final Histogram micros = new Histogram(LONGEST_MICROS, 3);
  private long start;
  private long begun;
  private long ended;
  private long failed;
  private String problem;
  private int open;

  /**
   * @param request the request of that number, from 0
   * @param more whether the request of that number is still to be made
   */
  OwnerLoop(int inFlight, LongFunction<Future<?>> request, LongPredicate more) {
    this.inFlight = inFlight;
    this.request = request;
    this.more = more;
  }

  /** Any thread. */
  Future<ClosedLoop.Round> run(Context context) {
    context.runOnContext(
        v -> {
          start = System.nanoTime();
          for (int i = 0; i < inFlight; i++) {
            open++;
            next();
          }
        });
    return done.future();
  }

  private void next() {
    // One that fails at once must not end the rest: they stop when each has failed once.
    if (failed >= inFlight || !more.test(begun)) {
      open--;
      if (open == 0) {
        long nanos = System.nanoTime() - start;
        done.complete(new ClosedLoop.Round(ended, failed, problem, nanos, micros));
      }
      return;
    }
    long since = System.nanoTime();
    request.apply(begun++).onComplete(answer -> ended(since, answer));
  }

  private void ended(long since, AsyncResult<?> answer) {
    ended++;
    if (answer.succeeded()) {
      long taken = (System.nanoTime() - since) / 1000;
      micros.recordValue(Math.min(LONGEST_MICROS, taken));
    } else {
      failed++;
      problem = problem == null ? String.valueOf(answer.cause()) : problem;
    }
    next();
  }
}
