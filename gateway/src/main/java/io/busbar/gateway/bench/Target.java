package io.busbar.gateway.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;

/**
 * One thing to call, and what it showed so far.
 *
 * @param name for people
 * @param entry server whose runner port takes the calls
 * @param servers all processes that work for a call
 * @param fnId of the calls
 * @param loop on connections to the entry
 * @param figures of the rounds so far
 */
record Target(
    String name,
    Farm.Server entry,
    List<Farm.Server> servers,
    String fnId,
    ClosedLoop loop,
    Figures figures) {
  private static final long OPEN_SECONDS = 60;
  private static final long ROUND_GRACE_SECONDS = 120;
  private static final long FIRST_CALL_SECONDS = 90;

  /** How the load is made. */
  record Load(int size, int inFlight, int connections) {}

  /** Connects and makes a first call, which waits in the pool's queue until a worker is known. */
  static Target open(Vertx vertx, String name, List<Farm.Server> servers, String fnId, Load load)
      throws Exception {
    return open(vertx, name, servers, fnId, load, CallStyle.HALF_CLOSE);
  }

  /** The same with calls of that style. */
  static Target open(
      Vertx vertx, String name, List<Farm.Server> servers, String fnId, Load load, CallStyle style)
      throws Exception {
    Farm.Server entry = servers.get(0);
    List<EngageConnection> connections =
        await(
            EngageConnection.open(
                vertx, entry.host("runner"), entry.port("runner"), load.connections(), style),
            OPEN_SECONDS);
    EngageBytes bytes = new EngageBytes(fnId, load.size());
    ClosedLoop one = new ClosedLoop(connections, bytes, 1);
    ClosedLoop.Round first = await(one.run(0), FIRST_CALL_SECONDS);
    if (first.failed() > 0) {
      throw new IllegalStateException(
          String.join("\n", name + " answers no call: " + first.problem(), said(servers)));
    }
    ClosedLoop loop = new ClosedLoop(connections, bytes, load.inFlight());
    return new Target(name, entry, servers, fnId, loop, new Figures());
  }

  private static String said(List<Farm.Server> servers) {
    return String.join("\n", servers.stream().map(s -> s.process().lastLines()).toList());
  }

  /** What a round took of the servers' processors. */
  record Spent(long calls, long nanos, long compilerNanos) {
    double compilerShare() {
      return nanos <= 0 ? 0 : (double) compilerNanos / nanos;
    }
  }

  /** One round, counted unless it is for warming up. */
  Spent round(long nanos, boolean counted) throws Exception {
    long[] before = cpu();
    long compilerBefore = compiler();
    long client = ownCpu();
    ClosedLoop.Round round =
        await(loop.run(nanos), TimeUnit.NANOSECONDS.toSeconds(nanos) + ROUND_GRACE_SECONDS);
    long[] spent = cpu();
    long compiler = compiler() - compilerBefore;
    for (int i = 0; i < spent.length; i++) {
      spent[i] -= before[i];
    }
    if (counted || round.failed() > 0) {
      figures.add(round, spent, compiler, ownCpu() - client);
    }
    return new Spent(round.calls(), LongStream.of(spent).sum(), compiler);
  }

  private long[] cpu() {
    return servers.stream().mapToLong(server -> server.process().cpuNanos()).toArray();
  }

  private long compiler() {
    return servers.stream().mapToLong(server -> server.process().compilerNanos()).sum();
  }

  private static long ownCpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  static <T> T await(Future<T> future, long seconds)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
  }
}
