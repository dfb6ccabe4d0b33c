package io.busbar.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.gateway.node.Node;
import io.busbar.gateway.testing.Eventually;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Many calls from two nodes on ten runners that misbehave: each call ends once, with its own body
 * whole or with an error, and none reaches a second runner after one has answered it.
 */
class RandomRunnersIT {
  private static final int CALLS =
      Integer.getInteger("busbar.calls", Boolean.getBoolean("busbar.long") ? 20_000 : 2000);
  private static final long SEED = Long.getLong("busbar.seed", 20_261_121L);
  private static final int IN_FLIGHT = 24;
  private static final Duration WAIT = Duration.ofSeconds(30);

  private final String cluster = "random-" + UUID.randomUUID();
  private final Vertx vertx = Vertx.vertx();

  private Node node(String name, List<String> runners, String join) throws Exception {
    Path data = Files.createTempDirectory("busbar-random-");
    String yaml =
        """
        cluster: {name: %s, port: 0, lost-after: 60s, join: [%s]}
        node: {data-dir: %s, name: %s}
        bus: {port: 0}
        http: {port: 0}
        control-plane: {port: 0}
        runner: {enabled: false}
        management: {enabled: false}
        pools:
          fn: {runners: [%s], concurrency: 8, queue-timeout: 30s, replay: 1MiB, headroom: 0s}
        """
            .formatted(cluster, join, data, name, String.join(", ", runners));
    Path file = data.resolve("busbar.yaml");
    Files.writeString(file, yaml);
    return Node.start(
        ConfigLoader.load(
            ConfigSources.NONE.withEnvironment(Map.of("HOSTNAME", name)).withFile(file)));
  }

  private static String field(Node node, String name) {
    for (String field : node.readyLine().split(" ")) {
      if (field.startsWith(name + "=")) {
        return field.substring(name.length() + 1);
      }
    }
    throw new AssertionError(name + " in " + node.readyLine());
  }

  private static HttpFrontSide front(Node node) {
    String[] http = field(node, "http").split(":");
    return new HttpFrontSide(http[0], Integer.parseInt(http[1]), HttpVersion.HTTP_2);
  }

  @Test
  void eachCallEndsOnceWholeOrWithAnError() throws Exception {
    try (RandomRunners runners = new RandomRunners(vertx, SEED)) {
      Node first = node("random-1", runners.addresses(), "");
      Node second = node("random-2", runners.addresses(), field(first, "cluster"));
      List<HttpFrontSide> fronts = List.of(front(first), front(second));
      Tally tally = new Tally();
      Run run = new Run(fronts, tally);
      run.start();
      run.await();
      assertEquals(List.of(), tally.faults, "seed " + SEED);
      assertEquals(CALLS, tally.whole.get() + tally.failed.get());
      assertTrue(
          tally.unsent.get() <= tally.failed.get(),
          tally.unsent + " bodies were not taken, but only " + tally.failed + " calls failed");
      assertTrue(tally.whole.get() > CALLS / 2, "only " + tally.whole.get() + " calls succeeded");
      for (int i = 0; i < CALLS; i++) {
        assertOneAnswered(runners.visits("c" + i), i);
      }
      Eventually.passes(
          WAIT, () -> "streams are left open", () -> assertEquals(Map.of(), runners.openStreams()));
      fronts.forEach(HttpFrontSide::close);
      second.stop();
      first.stop();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  private static void assertOneAnswered(List<RandomRunners.Visit> visits, int call) {
    long answered = Long.MAX_VALUE;
    for (RandomRunners.Visit visit : visits) {
      assertTrue(
          visit.began < answered, "call " + call + " went on after it was answered: " + visits);
      answered = Math.min(answered, visit.finalAt());
    }
  }

  /** What became of the calls. */
  private static final class Tally {
    final AtomicInteger whole = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();

    /** Calls whose body the front side did not take to its end. */
    final AtomicInteger unsent = new AtomicInteger();

    final List<String> faults = java.util.Collections.synchronizedList(new ArrayList<>());
  }

  /** Keeps so many calls in flight until all were made. */
  private final class Run {
    private final List<HttpFrontSide> fronts;
    private final Tally tally;
    private final Random random = new Random(SEED);
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    final Promise<Void> done = Promise.promise();

    Run(List<HttpFrontSide> fronts, Tally tally) {
      this.fronts = fronts;
      this.tally = tally;
    }

    void start() {
      for (int i = 0; i < IN_FLIGHT; i++) {
        one();
      }
    }

    void await() throws Exception {
      try {
        done.future().toCompletionStage().toCompletableFuture().get(40, TimeUnit.MINUTES);
      } catch (TimeoutException late) {
        throw new AssertionError(ended + " of " + CALLS + " calls ended, seed " + SEED, late);
      }
    }

    private void one() {
      int number = next.getAndIncrement();
      if (number >= CALLS) {
        return;
      }
      int size = size();
      FrontSide.Exchange call =
          fronts.get(number % 2).open("fn", Map.of("X-Case", "c" + number), 20_000);
      send(call, 0, size);
      AtomicInteger ends = new AtomicInteger();
      call.result()
          .onComplete(
              told -> {
                if (ends.incrementAndGet() > 1) {
                  tally.faults.add("call " + number + " ended twice");
                  return;
                }
                check(number, size, told.result());
                if (ended.incrementAndGet() == CALLS) {
                  done.complete();
                } else {
                  one();
                }
              });
    }

    private synchronized int size() {
      int kind = random.nextInt(20);
      return kind == 0 ? 0 : kind < 15 ? random.nextInt(4000) : random.nextInt(300_000);
    }

    private void check(int number, int size, Result result) {
      if (!result.whole()) {
        tally.failed.incrementAndGet();
        return;
      }
      tally.whole.incrementAndGet();
      if (result.bytes() != size || result.checksum() != Pattern.checksum(size)) {
        tally.faults.add("call " + number + " of " + size + " bytes: " + result);
      }
    }

    private void send(FrontSide.Exchange call, int from, int size) {
      if (from >= size) {
        call.endBody().onFailure(told -> tally.unsent.incrementAndGet());
        return;
      }
      int step = Math.min(32 << 10, size - from);
      Buffer data = Pattern.bytes(from, step);
      call.write(data)
          .onSuccess(v -> send(call, from + step, size))
          .onFailure(told -> tally.unsent.incrementAndGet());
    }
  }
}
