package io.busbar.runners;

import static io.busbar.runners.RunnerWorld.key;
import static io.busbar.runners.RunnerWorld.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fnclient.RunnerOutcome;
import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** What follows from how the calls of one runner end. */
class DialledRunnerTest {
  private final RunnerWorld world = new RunnerWorld(1);

  private static RunnerOutcome end(RunnerOutcome.Kind kind, String reason) {
    return new RunnerOutcome(kind, reason, 0, 0, 0, 1);
  }

  private static void answers(FakeRunners.FakeHandle handle, RunnerOutcome outcome) {
    handle.start();
    handle.end(outcome);
  }

  @Test
  void aRunnerThatLiesAgainAndAgainIsLeftAloneAlthoughOtherCallsSucceed() {
    world.join("a", pool(100, 1));
    world.net.advance(1000);
    FakeRunners.FakeHandle handle = world.runners.only(key(1));
    for (int lies = 1; lies < HealthOptions.DEFAULTS.lies(); lies++) {
      answers(handle, end(RunnerOutcome.Kind.PROTOCOL_VIOLATION, "status 99"));
      answers(handle, end(RunnerOutcome.Kind.OK, ""));
      world.net.advance(200);
      assertNull(handle.unhealthy, "after " + lies);
    }
    answers(handle, end(RunnerOutcome.Kind.PROTOCOL_VIOLATION, "status 1000"));
    assertEquals("status 1000", handle.unhealthy);
  }

  @Test
  void aRunnerThatCannotBeAskedForWantOfAConnectionIsNotToBlame() {
    world.runners.status =
        () ->
            Future.failedFuture(
                Failure.of(FailureCode.BUSY, "no more calls on its connections").toException());
    world.join("a", pool(100, 1));
    world.net.advance(20 * HealthOptions.DEFAULTS.statusInterval());
    assertNull(world.runners.only(key(1)).unhealthy);
  }

  @Test
  void callsAreCountedByRunnerAndByWhoseFaultTheirEndWas() {
    RunnerWorld.Node a = world.join("a", pool(100, 1));
    world.net.advance(1000);
    FakeRunners.FakeHandle handle = world.runners.only(key(1));
    answers(handle, end(RunnerOutcome.Kind.OK, ""));
    answers(handle, end(RunnerOutcome.Kind.USER_ERROR, "function failed"));
    answers(handle, end(RunnerOutcome.Kind.USER_ERROR, "function failed"));
    answers(handle, end(RunnerOutcome.Kind.PLATFORM_ERROR, "disk"));
    assertEquals(1, counted(a, "ok"));
    assertEquals(2, counted(a, "user_error"));
    assertEquals(1, counted(a, "platform_error"));
    assertEquals(0, counted(a, "busy"));
  }

  private static double counted(RunnerWorld.Node node, String outcome) {
    return node.registry
        .get("busbar.runners.calls")
        .tags("pool", RunnerWorld.POOL, "runner", key(1).address().toString(), "outcome", outcome)
        .counter()
        .count();
  }
}
