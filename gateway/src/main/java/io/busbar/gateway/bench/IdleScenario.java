package io.busbar.gateway.bench;

import com.google.protobuf.ByteString;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * Heap of the node where calls enter and of the node where they are served, per call that is open
 * and silent. Live objects after a full collection, counted by {@code jcmd}; half of the calls are
 * opened before the first count, so that tables and pools have their size.
 */
final class IdleScenario {
  private static final String CLUSTER = "bench-idle";
  private static final long OPEN_SECONDS = 300;
  private static final double TARGET_BYTES = 16 * 1024;

  private final Farm farm;
  private final Vertx vertx;
  private final int calls;

  IdleScenario(Farm farm, Vertx vertx, int calls) {
    this.farm = farm;
    this.vertx = vertx;
    this.calls = calls;
  }

  Report run(int connections) throws Exception {
    Report report = new Report("memory of " + calls + " idle open calls across two nodes");
    Farm.Server a = farm.node("a", CLUSTER, null, List.of(), List.of(Silent.POOL));
    Farm.Server b = farm.node("b", CLUSTER, a, List.of(Silent.class.getName()), List.of());
    List<EngageConnection> to =
        Target.await(
            EngageConnection.open(vertx, a.host("runner"), a.port("runner"), connections),
            OPEN_SECONDS);
    EngageBytes bytes = new EngageBytes(Silent.POOL, 1);
    // The pool is configured: the first call waits in its queue until the worker is known here.
    open(to, bytes, 1);
    open(to, bytes, calls / 2);
    long[] before = {Profile.liveBytes(a.process()), Profile.liveBytes(b.process())};
    open(to, bytes, calls);
    long[] after = {Profile.liveBytes(a.process()), Profile.liveBytes(b.process())};
    String[] sides = {"entry node", "worker node"};
    for (int i = 0; i < sides.length; i++) {
      double each = (after[i] - before[i]) / (double) calls;
      report.row(
          "side", sides[i], "live bytes before", before[i], "after", after[i], "per call", each);
      report.atMost(sides[i] + ", bytes per call", each, TARGET_BYTES);
    }
    return report;
  }

  private static void open(List<EngageConnection> to, EngageBytes bytes, int count)
      throws Exception {
    List<Future<String>> opened = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      opened.add(tryOne(to.get(i % to.size()), bytes));
    }
    Target.await(Future.all(opened), OPEN_SECONDS);
    for (Future<String> each : opened) {
      if (each.result() != null) {
        throw new IllegalStateException("a call was not opened: " + each.result());
      }
    }
  }

  /** Opens a call; null once its first answer is here, else why it ended. */
  private static Future<String> tryOne(EngageConnection connection, EngageBytes bytes) {
    Promise<String> open = Promise.promise();
    connection
        .context()
        .runOnContext(
            v ->
                connection.call(
                    bytes.request(),
                    ByteString.copyFromUtf8("x"),
                    new EngageExchange.Listener() {
                      @Override
                      public void answered() {
                        open.tryComplete(null);
                      }

                      @Override
                      public void ended(String problem) {
                        open.tryComplete(problem == null ? "it ended" : problem);
                      }
                    }));
    return open.future();
  }
}
