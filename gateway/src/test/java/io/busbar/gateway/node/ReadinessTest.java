package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.membership.Reachability;
import io.busbar.testing.FakeMembers;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private final FakeMembers members = new FakeMembers(node("self"));
  private final Reachability reachability = new Reachability(members);
  private List<String> unheard = List.of();
  private final Readiness alone = new Readiness(members, () -> unheard, reachability, false);
  private final Readiness joining = new Readiness(members, () -> unheard, reachability, true);

  private static NodeInfo node(String name) {
    return NodeInfo.newBuilder().setNodeId(name).setName(name).setGateway(false).build();
  }

  @Test
  void aNodeIsNotReadyBeforeItStarted() {
    assertEquals(List.of("starting"), alone.reasons());
    alone.started();
    assertTrue(alone.isReady());
  }

  @Test
  void aDrainingNodeIsNotReady() {
    alone.started();
    alone.draining();
    assertEquals(List.of("draining"), alone.reasons());
  }

  @Test
  void aNodeThatTheOthersExcludeSaysWhy() {
    alone.started();
    alone.refused("node.name: taken");
    assertEquals(List.of("node.name: taken"), alone.reasons());
  }

  @Test
  void aNodeThatWasToldToJoinMustFindAnother() {
    joining.started();
    assertEquals(List.of("found no member of cluster.join yet"), joining.reasons());
    members.add(node("other"));
    assertTrue(joining.isReady());
  }

  @Test
  void aMemberThatIsSilentOnTheEventBusIsNamed() {
    joining.started();
    unheard = List.of("10.0.0.7:5701");
    assertTrue(joining.reasons().get(0).contains("10.0.0.7:5701"), joining.reasons().toString());
  }

  @Test
  void onceFoundTheOthersMayGo() {
    joining.started();
    assertFalse(joining.found());
    members.add(node("other"));
    assertTrue(joining.found());
    assertTrue(new Readiness(members, () -> unheard, reachability, true).found());
  }

  @Test
  void inboxesThatDoNotAnswerAreNamed() {
    alone.started();
    members.add(node("b").toBuilder().setGateway(true).build());
    assertEquals(List.of("inboxes that do not answer: b"), alone.reasons());
  }

  @Test
  void aChangeIsToldToTheOthers() {
    alone.started();
    alone.publish();
    assertTrue(members.self().getReady());
    alone.draining();
    alone.publish();
    assertFalse(members.self().getReady());
    assertTrue(members.self().getDraining());
  }
}
