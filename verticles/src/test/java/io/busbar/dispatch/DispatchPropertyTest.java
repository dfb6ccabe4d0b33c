package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random schedules of loss, doubling and delay between nodes: every call ends exactly once, no two
 * workers run one call at a time once its caller follows the later attempt, and nothing is left
 * taken at the end.
 */
class DispatchPropertyTest {
  private static final int SCHEDULES = Boolean.getBoolean("busbar.long") ? 5000 : 300;

  @Test
  void everyCallEndsOnceAndNothingIsLeft() {
    for (int seed = 0; seed < SCHEDULES; seed++) {
      run(seed);
    }
  }

  private static void run(int seed) {
    Random random = new Random(seed);
    boolean reliable = seed % 4 == 0;
    FakeNet net = new FakeNet(seed);
    if (!reliable) {
      net.unreliable(random.nextInt(4) * 0.08, random.nextInt(3) * 0.1, random.nextInt(3) * 150L);
    }
    int lanes = 1 + random.nextInt(3);
    Scene scene = new Scene(net, lanes, Map.of(), seed);
    List<FakeWorkers.Worker> workers = new ArrayList<>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      String node = random.nextBoolean() ? "a" : random.nextBoolean() ? "b" : "c";
      FakeWorkers.Worker worker = scene.worker(node, "w" + i, "p", 1 + random.nextInt(3));
      worker.service = random.nextInt(300);
      workers.add(worker);
    }
    if (reliable) {
      // Where no cancel gets lost, not even an uncommitted attempt outlives its successor's start.
      for (FakeWorkers side : scene.sides()) {
        side.onStart =
            id ->
                assertTrue(
                    scene.sides().stream().noneMatch(other -> other.working(id)),
                    "two workers run " + id);
      }
    }
    FakeCaller member =
        new FakeCaller(net, net.lane("m", 0), scene.lane(random.nextInt(lanes)).endpoint());
    List<FakeCaller> callers = new ArrayList<>(scene.callers);
    callers.add(member);
    int calls = 30 + random.nextInt(60);
    for (int i = 0; i < calls; i++) {
      FakeCaller caller = callers.get(random.nextInt(callers.size()));
      String tenant = "t" + random.nextInt(3);
      int priority = random.nextInt(3);
      FakeCaller.Calling call = caller.call("p", s -> s.setTenant(tenant).setPriority(priority));
      if (random.nextInt(8) == 0) {
        net.at(net.now() + random.nextInt(800), call::cancel);
      }
      if (random.nextInt(8) == 0) {
        net.at(
            net.now() + random.nextInt(800),
            () ->
                caller.attemptGone(
                    call.id, call.attempt, Failure.of(FailureCode.WORKER_LOST, "by chance")));
      }
      if (random.nextInt(10) == 0) {
        trouble(net, random, workers.get(random.nextInt(workers.size())));
      }
      net.advance(random.nextInt(60));
    }
    net.advance(120_000);
    check(seed, scene, callers);
  }

  private static void trouble(FakeNet net, Random random, FakeWorkers.Worker worker) {
    if (random.nextBoolean()) {
      worker.silent = true;
    } else {
      worker.rejects = Failure.of(FailureCode.UNAVAILABLE, "sick");
    }
    net.at(
        net.now() + random.nextInt(3000),
        () -> {
          worker.silent = false;
          worker.rejects = null;
        });
  }

  private static void check(int seed, Scene scene, List<FakeCaller> callers) {
    Map<FailureCode, Integer> failures = new HashMap<>();
    int ended = 0;
    for (FakeCaller caller : callers) {
      for (FakeCaller.Calling call : caller.calls()) {
        assertEquals(1, call.ends, "seed " + seed + ": ends of " + call.id);
        ended++;
        if (call.failure != null) {
          failures.merge(call.failure.code(), 1, Integer::sum);
        }
      }
    }
    assertTrue(ended > 0, "seed " + seed);
    assertEquals(0, scene.active(), "seed " + seed + ": calls under way");
    for (FakeWorkers side : scene.sides()) {
      assertEquals(0, side.slotsTaken(), "seed " + seed + ": slots taken");
    }
    assertEquals(0, scene.view.pool("p").waiting().get(), "seed " + seed + ": waiting");
    assertEquals(0, scene.view.pool("p").own().get(), "seed " + seed + ": counted load");
    scene
        .view
        .all()
        .forEach(
            info ->
                assertEquals(
                    0,
                    scene.view.cell(info.getNodeId(), info.getWorkerId()).own(),
                    "seed " + seed + ": counted load of " + info.getWorkerId()));
    int lost = failures.getOrDefault(FailureCode.INTERNAL, 0);
    assertEquals(0, lost, "seed " + seed + ": " + failures);
  }
}
