package io.busbar.runners;

import static io.busbar.runners.RunnerWorld.key;
import static io.busbar.runners.RunnerWorld.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.RunnerName;
import io.busbar.bus.v1.RunnerShare;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fnclient.RunnerOutcome;
import io.busbar.registry.Announcements;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunnersMemberTest {
  private static final RunnerOutcome OK =
      new RunnerOutcome(RunnerOutcome.Kind.OK, "", 0, 1000, 2000, 1);

  private final RunnerWorld world = new RunnerWorld(1);

  private static RunnerOutcome end(RunnerOutcome.Kind kind, String reason) {
    return new RunnerOutcome(kind, reason, 0, 0, 0, 1);
  }

  private String holder(int i) {
    List<FakeRunners.FakeHandle> taking = world.runners.taking(key(i));
    assertEquals(1, taking.size(), key(i) + " is taken by " + taking.size() + " nodes");
    return taking.get(0).node;
  }

  @Test
  void oneOfSeveralNodesDialsARunner() {
    for (String name : List.of("a", "b", "c")) {
      world.join(name, pool(10, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    }
    world.net.advance(1000);
    Map<String, Integer> held = new HashMap<>();
    for (int i = 1; i <= 9; i++) {
      held.merge(holder(i), 1, Integer::sum);
    }
    assertEquals(3, held.size(), "held by " + held);
  }

  @Test
  void aLostNodesRunnersAreDialledByTheOthers() {
    world.join("a", pool(10, 1, 2, 3, 4));
    world.join("b", pool(10, 1, 2, 3, 4));
    world.net.advance(1000);
    world.kill("a");
    world.net.advance(1000);
    for (int i = 1; i <= 4; i++) {
      assertEquals("b", holder(i));
    }
  }

  @Test
  void aRunnerNamedByOneNodeIsDialledByThatNode() {
    world.join("a", pool(10, 1));
    world.join("b", pool(10, 2));
    world.net.advance(1000);
    assertEquals("a", holder(1));
    assertEquals("b", holder(2));
  }

  @Test
  void aNodeListsWhatAnyNodeNamesAndWhatWasOrdered() {
    RunnerWorld.Node a = world.join("a", pool(10, 1));
    world.join("b", pool(10, 2));
    world.net.advance(1000);
    a.order(key(3), true);
    Future<RunnerShare> list =
        a.lane.ask(
            a.lane.endpoint(),
            RunnerServices.LIST,
            RunnerName.newBuilder().setPool(RunnerWorld.POOL).build(),
            java.time.Duration.ofSeconds(1));
    world.net.advance(100);
    assertEquals(
        List.of(RunnerBook.name(key(1)), RunnerBook.name(key(2))), list.result().getNamedList());
    assertEquals(RunnerBook.name(key(3)), list.result().getOrders(0).getRunner());
  }

  @Test
  void anAddedRunnerReachesEveryNodeAndALaterJoiner() {
    RunnerWorld.Node a = world.join("a", null);
    world.join("b", null);
    world.net.advance(1000);
    Future<?> added = a.order(key(1), true);
    world.net.advance(1000);
    assertTrue(added.succeeded());
    holder(1);
    world.join("c", null);
    world.net.advance(1000);
    world.kill("a");
    world.kill("b");
    world.net.advance(1000);
    assertEquals("c", holder(1));
  }

  @Test
  void aConfiguredRunnerTakenOutStaysOutOnEveryNode() {
    world.join("a", pool(10, 1));
    RunnerWorld.Node b = world.join("b", pool(10, 1));
    world.net.advance(1000);
    b.order(key(1), false);
    world.net.advance(1000);
    assertEquals(List.of(), world.runners.open(key(1)));
    world.join("c", pool(10, 1));
    world.net.advance(1000);
    assertEquals(List.of(), world.runners.open(key(1)));
    b.order(key(1), true);
    world.net.advance(1000);
    holder(1);
  }

  @Test
  void takingOutAnUnknownRunnerIsRefused() {
    RunnerWorld.Node a = world.join("a", null);
    Future<?> out = a.order(key(1), false);
    world.net.advance(1000);
    assertEquals(FailureCode.NOT_FOUND, Failure.of(out.cause()).code());
  }

  @Test
  void aRemovedRunnersCallsRunToTheirEnd() {
    RunnerWorld.Node a = world.join("a", pool(10, 1));
    world.net.advance(1000);
    FakeRunners.FakeHandle handle = world.runners.only(key(1));
    handle.start();
    a.member.replace(Map.of(RunnerWorld.POOL, pool(10)));
    world.net.advance(1000);
    assertTrue(handle.draining);
    assertFalse(handle.closed);
    handle.end(OK);
    world.net.advance(1000);
    assertTrue(handle.closed);
  }

  @Test
  void aRunnerNamedAgainWhileItLeavesIsKept() {
    RunnerWorld.Node a = world.join("a", pool(10, 1));
    world.net.advance(1000);
    FakeRunners.FakeHandle handle = world.runners.only(key(1));
    handle.start();
    a.member.replace(Map.of(RunnerWorld.POOL, pool(10)));
    a.member.replace(Map.of(RunnerWorld.POOL, pool(10, 1)));
    handle.end(OK);
    world.net.advance(1000);
    assertEquals(handle, world.runners.only(key(1)));
    assertFalse(handle.draining);
  }

  @Test
  void callsOfTheFormerHolderAreTakenOffTheCapacity() {
    RunnerWorld.Node a = world.join("a", pool(3, 1, 2, 3, 4, 5, 6, 7, 8));
    world.net.advance(1000);
    for (int i = 1; i <= 8; i++) {
      FakeRunners.FakeHandle handle = world.runners.only(key(i));
      handle.start();
      handle.start();
    }
    RunnerWorld.Node b = new RunnerWorld(2).join("unused", null);
    b = world.join("b", pool(3, 1, 2, 3, 4, 5, 6, 7, 8));
    for (int i = 1; i <= 8; i++) {
      b.announce.say(
          Announcements.worker("a", key(i).workerId("a"), "p", 3).toBuilder()
              .setRunningTasks(2)
              .build());
    }
    world.net.advance(1000);
    int moved = 0;
    for (int i = 1; i <= 8; i++) {
      for (FakeRunners.FakeHandle handle : world.runners.taking(key(i))) {
        if (handle.node.equals("b")) {
          moved++;
          assertEquals(1, handle.capacity, "two of three slots are still used by a");
        }
      }
    }
    assertTrue(moved > 0, "no runner moved to the new node");
  }

  /** What node "a" announces of all runners. */
  private static void announce(RunnerWorld.Node to, String state, int capacity) {
    for (int i = 1; i <= 8; i++) {
      to.announce.say(
          Announcements.worker("a", key(i).workerId("a"), "p", capacity).toBuilder()
              .setState(state)
              .setLastError("as a says")
              .build());
    }
  }

  /** The runners that node "b" took over from "a"; at least one. */
  private List<FakeRunners.FakeHandle> moved() {
    List<FakeRunners.FakeHandle> moved = new java.util.ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      world.runners.open(key(i)).stream().filter(h -> h.node.equals("b")).forEach(moved::add);
    }
    assertFalse(moved.isEmpty(), "no runner moved to the new node");
    return moved;
  }

  @Test
  void whatTheFormerHolderLearnedOfTheCapacityCountsOn() {
    world.join("a", pool(100, 1, 2, 3, 4, 5, 6, 7, 8));
    world.net.advance(1000);
    announce(world.join("b", pool(100, 1, 2, 3, 4, 5, 6, 7, 8)), "limited", 7);
    world.net.advance(1000);
    moved().forEach(handle -> assertEquals(7, handle.capacity));
  }

  @Test
  void aRunnerThatTheFormerHolderEjectedMustFirstAnswerWell() {
    world.join("a", pool(100, 1, 2, 3, 4, 5, 6, 7, 8));
    world.net.advance(1000);
    world.runners.status = () -> Future.failedFuture("refused");
    announce(world.join("b", pool(100, 1, 2, 3, 4, 5, 6, 7, 8)), "ejected", 100);
    world.net.advance(200);
    moved().forEach(handle -> assertNotNull(handle.unhealthy));
    world.runners.status =
        () -> Future.succeededFuture(io.busbar.fn.wire.RunnerStatus.getDefaultInstance());
    world.net.advance(15_000);
    moved().forEach(handle -> assertNull(handle.unhealthy));
  }

  @Test
  void whatIsKnownOutlivesTheFormerHoldersQuickLeave() {
    world.join("a", pool(100, 1, 2, 3, 4, 5, 6, 7, 8));
    RunnerWorld.Node b = world.join("b", pool(100));
    world.net.advance(1000);
    announce(b, "limited", 7);
    b.member.replace(Map.of(RunnerWorld.POOL, pool(100, 1, 2, 3, 4, 5, 6, 7, 8)));
    for (int i = 1; i <= 8; i++) {
      b.announce.remove("a", 0, key(i).workerId("a"));
    }
    world.net.advance(1000);
    moved().forEach(handle -> assertEquals(7, handle.capacity));
  }

  private static PoolRunners byName(long interval) {
    return new PoolRunners(
        List.of(),
        RunnerAddress.parse("runners.example:9190"),
        interval,
        10,
        HealthOptions.DEFAULTS,
        PoolRunners.DEFAULTS.client(),
        null);
  }

  @Test
  void aNameIsLookedUpWhenItsAnswerIsNotGoodAnyMore() {
    world.names.put("runners.example", Future.succeededFuture(List.of("10.0.0.1")));
    world.namesGoodFor = 2000;
    world.join("a", byName(3_600_000));
    world.net.advance(500);
    holder(1);
    world.names.put("runners.example", Future.succeededFuture(List.of("10.0.0.2")));
    world.net.advance(2500);
    assertEquals(List.of(), world.runners.open(key(1)));
    holder(2);
  }

  @Test
  void theRunnersOfANameFollowItsAddresses() {
    world.names.put("runners.example", Future.succeededFuture(List.of("10.0.0.1", "10.0.0.2")));
    world.join("a", byName(1000));
    world.net.advance(500);
    holder(1);
    holder(2);
    world.names.put("runners.example", Future.succeededFuture(List.of("10.0.0.2", "10.0.0.3")));
    world.net.advance(1500);
    assertEquals(List.of(), world.runners.open(key(1)));
    holder(3);
    world.names.put("runners.example", Future.failedFuture("server failure"));
    world.net.advance(5000);
    holder(2);
    holder(3);
  }

  @Test
  void aFailingRunnerGetsNoCallsUntilItsStatusIsGood() {
    world.join("a", pool(100, 1));
    world.net.advance(1000);
    FakeRunners.FakeHandle handle = world.runners.only(key(1));
    for (int i = 0; i < 5; i++) {
      handle.start();
      handle.end(end(RunnerOutcome.Kind.DROPPED, "the connection was lost"));
    }
    assertEquals("the connection was lost", handle.unhealthy);
    world.net.advance(2500);
    assertNull(handle.unhealthy);
    assertTrue(handle.capacity < 50, "returns slowly: " + handle.capacity);
    world.net.advance(20_000);
    assertEquals(100, handle.capacity);
  }

  @Test
  void aBusyRunnerGetsAsManyCallsAsFit() {
    world.join("a", pool(100, 1));
    world.net.advance(1000);
    FakeRunners.FakeHandle handle = world.runners.only(key(1));
    for (int i = 0; i < 10; i++) {
      handle.start();
    }
    handle.end(end(RunnerOutcome.Kind.BUSY, "no room"));
    assertEquals(9, handle.capacity);
  }

  @Test
  void aRunnerThatSaysGoodByeIsOutUntilANewConnectionAnswers() {
    world.runners.status = () -> Future.failedFuture("refused");
    world.join("a", pool(100, 1));
    world.net.advance(1);
    FakeRunners.FakeHandle handle = world.runners.only(key(1));
    handle.observer.goingAway();
    assertEquals("it announced that it stops", handle.unhealthy);
    world.net.advance(3000);
    assertTrue(handle.unhealthy != null);
    world.runners.status =
        () -> Future.succeededFuture(io.busbar.fn.wire.RunnerStatus.getDefaultInstance());
    world.net.advance(15_000);
    assertNull(handle.unhealthy);
  }

  @Test
  void drainedNodesGiveTheirRunnersAway() {
    RunnerWorld.Node a = world.join("a", pool(10, 1, 2, 3, 4));
    world.join("b", pool(10, 1, 2, 3, 4));
    world.net.advance(1000);
    io.busbar.bus.v1.NodeInfo draining =
        RunnerWorld.info("a").toBuilder().setDraining(true).build();
    world.nodes.get("b").members.join(draining);
    a.member.drain();
    world.net.advance(1000);
    for (int i = 1; i <= 4; i++) {
      assertEquals("b", holder(i));
    }
  }

  /** Nodes, names and orders change at random: never two holders, in the end exactly one. */
  @Test
  void neverTwoHoldersInTheEndExactlyOne() {
    int worlds = Boolean.getBoolean("busbar.long") ? 300 : 30;
    for (long seed = 0; seed < worlds; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RunnerWorld many = new RunnerWorld(seed);
      int started = 0;
      for (int step = 0; step < 40; step++) {
        int what = random.nextInt(10);
        if (many.nodes.size() < 2 || what == 0) {
          many.join("n" + started++, pool(5, some(random)));
        } else {
          String name = List.copyOf(many.nodes.keySet()).get(random.nextInt(many.nodes.size()));
          switch (what) {
            case 1 -> many.kill(name);
            case 2, 3, 4 ->
                many.nodes
                    .get(name)
                    .member
                    .replace(Map.of(RunnerWorld.POOL, pool(5, some(random))));
            case 5, 6 -> many.nodes.get(name).order(key(random.nextInt(8)), random.nextBoolean());
            default -> {}
          }
        }
        for (int ms = random.nextInt(60); ms >= 0; ms--) {
          many.net.advance(1);
          for (int i = 0; i < 8; i++) {
            Set<String> holders = new HashSet<>();
            many.runners.taking(key(i)).forEach(handle -> holders.add(handle.node));
            assertTrue(holders.size() <= 1, "seed " + seed + ": " + key(i) + " at " + holders);
          }
        }
      }
      many.net.advance(11_000);
      Set<RunnerKey> in = new HashSet<>();
      for (int i = 0; i < 8; i++) {
        if (!many.runners.open(key(i)).isEmpty()) {
          in.add(key(i));
          assertEquals(1, many.runners.taking(key(i)).size(), "seed " + seed + ": " + key(i));
        }
      }
      assertFalse(in.isEmpty(), "seed " + seed);
    }
  }

  private static int[] some(SplittableRandom random) {
    return random.ints(0, 8).distinct().limit(4).toArray();
  }
}
