package io.busbar.gateway.cli.demo;

import io.busbar.gateway.process.ReadyLine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code busbar demo}. */
@Command(
    name = "demo",
    description = {
      "Runs nodes with the sample workers and traffic through every front side,",
      "and shows a table of what reaches what. Ctrl-C ends it. One round with three",
      "nodes or more ends with the kill of a cart's owner, and what became of the cart.",
      "",
      "Example: busbar demo --once --nodes 3"
    })
public final class DemoCommand implements Callable<Integer> {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int MOST_NODES = 9;
  private static final long CALL_SECONDS = 60;
  private static final long ROUND_SECONDS = 1;

  @Spec private CommandSpec spec;

  @Option(names = "--once", description = "one round: print the table, exit 0 if every cell worked")
  private boolean once;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "nodes, each a JVM (1 to 9; ${DEFAULT-VALUE})")
  private int nodes = 1;

  @Override
  public Integer call() throws Exception {
    if (nodes < 1 || nodes > MOST_NODES) {
      throw new ParameterException(
          spec.commandLine(), "--nodes " + nodes + ": expected 1 to " + MOST_NODES);
    }
    System.err.println("starting " + nodes + (nodes == 1 ? " node" : " nodes") + " …");
    Vertx vertx = Vertx.vertx();
    try (DemoCluster cluster = DemoCluster.start(nodes, !once)) {
      return once ? oneRound(vertx, cluster) : untilInterrupted(vertx, cluster);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(CALL_SECONDS, TimeUnit.SECONDS);
    }
  }

  private int oneRound(Vertx vertx, DemoCluster cluster) throws Exception {
    List<FrontProbe> fronts = fronts(vertx, cluster);
    List<WorkerCase> work = WorkerCase.all(true);
    DemoTable table = table(fronts, work);
    warm(fronts, work, table);
    round(fronts, work, table);
    CartStory cart = nodes < DemoCluster.CARTS_FROM ? null : new CartStory(vertx, cluster);
    String survived = cart == null ? "" : cart.tell();
    List<String> unclean = cluster.stop();
    System.out.print(table.render() + survived);
    unclean.forEach(System.out::println);
    boolean carts = cart == null || cart.worked();
    return table.allWorked() && carts && unclean.isEmpty() ? OK : FAILED;
  }

  private int untilInterrupted(Vertx vertx, DemoCluster cluster) throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              ended.countDown();
              try {
                stopped.await(CALL_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "demo-end");
    Runtime.getRuntime().addShutdownHook(hook);
    List<FrontProbe> fronts = fronts(vertx, cluster);
    List<WorkerCase> work = WorkerCase.all(true);
    DemoTable table = table(fronts, work);
    Screen screen = new Screen(banner(cluster));
    warm(fronts, work, table);
    do {
      round(fronts, work, table);
      screen.show(table.render());
    } while (!ended.await(ROUND_SECONDS, TimeUnit.SECONDS));
    List<String> unclean = cluster.stop();
    unclean.forEach(System.out::println);
    stopped.countDown();
    return unclean.isEmpty() ? OK : FAILED;
  }

  private static List<FrontProbe> fronts(Vertx vertx, DemoCluster cluster) {
    List<FrontProbe> fronts = new ArrayList<>();
    for (ReadyLine node : cluster.nodes()) {
      fronts.add(new HttpProbe(vertx, node, HttpVersion.HTTP_1_1));
      fronts.add(new HttpProbe(vertx, node, HttpVersion.HTTP_2));
      fronts.add(new FnProbe(vertx, node));
    }
    return fronts;
  }

  private static DemoTable table(List<FrontProbe> fronts, List<WorkerCase> work) {
    return new DemoTable(
        fronts.stream().map(FrontProbe::name).toList(),
        work.stream().map(WorkerCase::pool).toList());
  }

  /** The first call of a path loads classes, connects and compiles: no figure of a gateway. */
  private static void warm(List<FrontProbe> fronts, List<WorkerCase> work, DemoTable table)
      throws Exception {
    List<Future<?>> calls = new ArrayList<>();
    for (FrontProbe front : fronts) {
      for (WorkerCase what : work) {
        calls.add(
            problem(front, what)
                .onSuccess(problem -> table.warmed(front.name(), what.pool(), problem)));
      }
    }
    await(Future.join(calls));
  }

  /** One call after another, so that none waits for a neighbour. */
  private static void round(List<FrontProbe> fronts, List<WorkerCase> work, DemoTable table)
      throws Exception {
    for (FrontProbe front : fronts) {
      for (WorkerCase what : work) {
        long start = System.nanoTime();
        long[] end = new long[1];
        String problem = await(problem(front, what).onSuccess(known -> end[0] = System.nanoTime()));
        table.note(
            front.name(), what.pool(), TimeUnit.NANOSECONDS.toMicros(end[0] - start), problem);
      }
    }
  }

  /** Makes one call; what was wrong with it, null = nothing. */
  private static Future<String> problem(FrontProbe front, WorkerCase what) {
    return front
        .call(what)
        .map(what.problem()::apply)
        .otherwise(cause -> String.valueOf(cause.getMessage()));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(CALL_SECONDS, TimeUnit.SECONDS);
  }

  private static String banner(DemoCluster cluster) {
    ReadyLine first = cluster.nodes().get(0);
    return "Busbar demo: try  curl -d hello http://"
        + first.values().get("http")
        + "/v1/pools/uppercase/calls\n";
  }
}
