package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The life of a host by the page's times, on a virtual clock. */
class NodeMachineTest {
  private static final HostName SEED = HostName.parse("10.0.0.2").orElseThrow();

  private final List<Action> actions = new ArrayList<>();
  private NodeMachine machine = new NodeMachine(Timings.DEFAULTS.forAuthority(60_000), this::act);
  private long now;

  private void act(Action action) {
    actions.add(action);
  }

  private void up() {
    machine.bound(List.of(), true, now);
    machine.tick(true, now);
    assertEquals(NodeState.UP, machine.state());
  }

  /** Every second, as long as that. */
  private void pass(long millis, boolean majority) {
    for (long end = now + millis; now < end; ) {
      now += 1000;
      machine.tick(majority, now);
    }
  }

  private long ends() {
    return actions.stream().filter(Action.MustEnd.class::isInstance).count();
  }

  @Test
  void aSeedMustBeMetBeforeTheHostIsUp() {
    machine.bound(List.of(SEED), false, now);
    pass(100_000, true);
    assertEquals(NodeState.JOINING, machine.state());
    machine.seed(SEED, true);
    pass(1000, true);
    assertEquals(NodeState.UP, machine.state());
  }

  @Test
  void withoutBootstrapASeedThatCannotBeReachedIsNotEnough() {
    machine.bound(List.of(SEED), false, now);
    machine.seed(SEED, false);
    pass(100_000, true);
    assertEquals(NodeState.JOINING, machine.state());
  }

  @Test
  void tenSecondsWithoutAMajorityFence() {
    up();
    pass(10_000, false);
    assertEquals(NodeState.UP, machine.state());
    pass(1000, false);
    assertEquals(NodeState.FENCED, machine.state());
  }

  @Test
  void aShortGapDoesNotFence() {
    up();
    pass(9_000, false);
    pass(1_000, true);
    pass(9_000, false);
    assertEquals(NodeState.UP, machine.state());
  }

  @Test
  void fiveSecondsOfAMajorityEndTheFence() {
    up();
    pass(11_000, false);
    pass(5_000, true);
    assertEquals(NodeState.FENCED, machine.state());
    pass(1_000, true);
    assertEquals(NodeState.UP, machine.state());
  }

  @Test
  void aMajorityThatFlickersDoesNotEndTheFence() {
    up();
    pass(11_000, false);
    for (int i = 0; i < 5; i++) {
      pass(4_000, true);
      pass(1_000, false);
    }
    assertEquals(NodeState.FENCED, machine.state());
  }

  @Test
  void whoIsFencedForTooLongMustEndAndIsToldSoOnce() {
    up();
    pass(11_000, false);
    pass(59_000, false);
    assertEquals(0, ends());
    pass(60_000, false);
    assertEquals(1, ends());
    assertTrue(
        actions.stream()
            .anyMatch(
                action ->
                    action instanceof Action.Raised raised
                        && raised.alarm() == Action.Alarm.FENCED_TOO_LONG));
  }

  @Test
  void eachFenceIsCountedAnew() {
    up();
    pass(50_000, false);
    pass(7_000, true);
    pass(11_000, false);
    pass(59_000, false);
    assertEquals(0, ends());
  }

  @Test
  void aMajorityThatIsThereForAMomentBeginsTheTimeAnew() {
    machine.bound(List.of(), true, now);
    machine.tick(false, now);
    machine.fence(now);
    pass(600_000, false);
    pass(1_000, true);
    pass(59_000, false);
    assertEquals(0, ends(), "it had a majority a minute ago");
    assertEquals(NodeState.FENCED, machine.state());
    pass(2_000, false);
    assertEquals(1, ends());
  }

  @Test
  void aFirstHostThatWaitsForTheOthersDoesNotEnd() {
    machine.bound(List.of(), true, now);
    machine.tick(false, now);
    machine.fence(now);
    assertEquals(NodeState.FENCED, machine.state());
    pass(600_000, false);
    assertEquals(0, ends());
  }

  @Test
  void withoutATimeAFencedHostStays() {
    machine = new NodeMachine(Timings.DEFAULTS.forAuthority(0), this::act);
    up();
    pass(3_600_000, false);
    assertEquals(NodeState.FENCED, machine.state());
    assertEquals(0, ends());
  }

  @Test
  void aFencedHostCanBeDrained() {
    up();
    pass(11_000, false);
    machine.drain(now);
    assertEquals(NodeState.DRAINING, machine.state());
    machine.drained(now);
    machine.closed(now);
    assertEquals(NodeState.STOPPED, machine.state());
  }

  @Test
  void aDrainingHostIsNotFencedAndDoesNotComeBack() {
    up();
    machine.drain(now);
    pass(60_000, false);
    pass(60_000, true);
    assertEquals(NodeState.DRAINING, machine.state());
  }
}
