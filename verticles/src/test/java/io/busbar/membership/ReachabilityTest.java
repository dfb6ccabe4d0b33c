package io.busbar.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.testing.FakeMembers;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReachabilityTest {
  private final FakeMembers members = new FakeMembers(node("self", true));
  private final Reachability reachability = new Reachability(members);

  private static NodeInfo node(String name, boolean gateway) {
    return NodeInfo.newBuilder().setNodeId("id-" + name).setName(name).setGateway(gateway).build();
  }

  private void peers(String... names) {
    for (String name : names) {
      members.add(node(name, true));
    }
  }

  private void probed(String name, boolean answered) {
    reachability.probed("id-" + name, 0, 0, answered);
  }

  @Test
  void aNodeAloneIsConnected() {
    assertTrue(reachability.connected());
  }

  @Test
  void anApplicationNeedNotAnswer() {
    members.add(node("app", false));
    assertTrue(reachability.connected());
  }

  @Test
  void atFirstEveryOtherNodeMustHaveAnswered() {
    peers("b", "c");
    probed("b", true);
    assertFalse(reachability.connected());
    assertEquals(Set.of("c"), reachability.unreachable());
    probed("c", true);
    assertTrue(reachability.connected());
  }

  @Test
  void everyPathToANodeCounts() {
    peers("b");
    reachability.probed("id-b", 0, 0, true);
    reachability.probed("id-b", 0, 1, false);
    assertEquals(Set.of("b"), reachability.unreachable());
    reachability.probed("id-b", 0, 1, true);
    assertEquals(Set.of(), reachability.unreachable());
  }

  @Test
  void laterASingleSilentNodeIsThatNodesTrouble() {
    peers("b");
    probed("b", true);
    assertTrue(reachability.connected());
    probed("b", false);
    assertTrue(reachability.connected());
  }

  @Test
  void laterMoreThanHalfOfSeveralSilentOnesMeanThatThisNodeIsCutOff() {
    peers("b", "c", "d");
    probed("b", true);
    probed("c", true);
    probed("d", true);
    assertTrue(reachability.connected());
    probed("b", false);
    assertTrue(reachability.connected());
    probed("c", false);
    assertFalse(reachability.connected());
  }

  @Test
  void aNodeThatLeftIsForgotten() {
    peers("b");
    probed("b", true);
    reachability.left("id-b");
    assertEquals(Set.of("b"), reachability.unreachable());
  }

  @Test
  void onlyChangesAreTold() {
    AtomicInteger told = new AtomicInteger();
    reachability.onChange(told::incrementAndGet);
    probed("b", true);
    probed("b", true);
    probed("b", false);
    assertEquals(2, told.get());
  }
}
