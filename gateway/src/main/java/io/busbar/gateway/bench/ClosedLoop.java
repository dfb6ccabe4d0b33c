package io.busbar.gateway.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Keeps a fixed number of calls in flight on the connections to one server: as one ends the next
 * starts. Latency is that of a closed loop; it says nothing of a load that does not wait.
 */
final class ClosedLoop {
  private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(5);

  /**
   * What one round showed.
   *
   * @param calls that ended, well or not
   * @param failed of these
   * @param problem the first failure, null = none
   * @param nanos the round took
   * @param micros latency of the calls that went well
   */
  record Round(long calls, long failed, String problem, long nanos, Histogram micros) {
    double callsPerSecond() {
      return (calls - failed) * 1e9 / nanos;
    }
  }

  private final List<EngageConnection> connections;
  private final EngageBytes bytes;
  private final int inFlight;

  ClosedLoop(List<EngageConnection> connections, EngageBytes bytes, int inFlight) {
    this.connections = connections;
    this.bytes = bytes;
    this.inFlight = inFlight;
  }

  /** Runs for that long, then waits for what is in flight. */
  Future<Round> run(long nanos) {
    long start = System.nanoTime();
    List<Future<Part>> parts = new ArrayList<>();
    for (int i = 0; i < connections.size(); i++) {
      int share = inFlight / connections.size() + (i < inFlight % connections.size() ? 1 : 0);
      Part part = new Part(connections.get(i), start + nanos, share);
      parts.add(part.run());
    }
    return Future.all(parts)
        .map(all -> sum(parts.stream().map(Future::result).toList(), System.nanoTime() - start));
  }

  private static Round sum(List<Part> parts, long nanos) {
    Histogram micros = new Histogram(LONGEST_MICROS, 3);
    long calls = 0;
    long failed = 0;
    String problem = null;
    for (Part part : parts) {
      micros.add(part.micros);
      calls += part.calls;
      failed += part.failed;
      problem = problem == null ? part.problem : problem;
    }
    return new Round(calls, failed, problem, nanos, micros);
  }

  /** The share of one connection; all on its context. */
  private final class Part {
    private final EngageConnection connection;
    private final long until;
    private final int share;
    private final Promise<Part> done = Promise.promise();
    private final Histogram micros = new Histogram(LONGEST_MICROS, 3);
    private long calls;
    private long failed;
    private String problem;
    private int open;

    Part(EngageConnection connection, long until, int share) {
      this.connection = connection;
      this.until = until;
      this.share = share;
    }

    Future<Part> run() {
      connection
          .context()
          .runOnContext(
              v -> {
                for (int i = 0; i < share; i++) {
                  open++;
                  next();
                }
                if (share == 0) {
                  done.complete(this);
                }
              });
      return done.future();
    }

    private void next() {
      long start = System.nanoTime();
      connection.call(bytes, result -> ended(start, result));
    }

    private void ended(long start, String result) {
      long now = System.nanoTime();
      calls++;
      if (result == null) {
        micros.recordValue(Math.min(LONGEST_MICROS, (now - start) / 1000));
      } else {
        failed++;
        problem = problem == null ? result : problem;
      }
      if (now < until && failed < share) {
        next();
      } else if (--open == 0) {
        // Once more for each call that fails before the next of the share has begun.
        done.tryComplete(this);
      }
    }
  }
}
