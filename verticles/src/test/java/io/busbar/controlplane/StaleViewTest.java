package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Standing;
import io.busbar.controlplane.core.ViewNumber;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that were made by another view of the hosts than the voter's, over real gRPC. */
class StaleViewTest {
  private static final OwnerRecord GRANTED =
      new OwnerRecord("k", OwnerState.OWNED, new Holder("a", 7), 12, "", null, 0, List.of());

  private Vertx vertx;
  private ScriptedHost x;
  private Station a;
  private PeerCalls client;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
    a = new Station("a", List.of(x.name()));
    client = new PeerCalls(a.vertx, x.name().toString(), 30);
    a.awaitState(x.name(), Standing.LIVE);
    Station.await(() -> a.node.view().state() == NodeState.UP);
  }

  @AfterEach
  void stop() {
    Station.await(client.close());
    a.close();
    x.close();
    Station.await(vertx.close());
  }

  /** The number of the view that counts the node and x. */
  private long settled() {
    long both = ViewNumber.fingerprint(List.of(a.name(), x.name()));
    Station.await(
        () ->
            a.members.self().getViewHosts() == both
                && a.node.view().epoch() == a.members.self().getViewNumber());
    return a.node.view().epoch();
  }

  private OwnerChangeRequest.Builder claim(long view) {
    return OwnerChangeRequest.newBuilder()
        .setCartId("k")
        .setNewHost(x.name().toString())
        .setEpoch(1)
        .setViewEpoch(view);
  }

  private OwnerChangeAck ask(OwnerChangeRequest.Builder request) {
    return Station.await(client.confirm(a.name(), request.build()));
  }

  @Test
  void aRequestOfAnotherViewIsRefusedAndChangesNothing() {
    OwnerChangeAck ack = ask(claim(settled() + 7));
    assertFalse(ack.getAccepted());
    assertEquals(OwnerChangeCode.STALE_VIEW, ack.getCode());
    assertEquals(a.node.view().epoch(), ack.getViewEpoch());
    assertNull(a.ownership.record("k"));
  }

  @Test
  void withTheNumberThatNegotiateTellsItIsGranted() {
    long told = settled();
    assertTrue(ask(claim(told)).getAccepted());
  }

  @Test
  void aRequestThatQuotesNoViewIsNotHeldAgainstOne() {
    assertTrue(ask(claim(0)).getAccepted());
  }

  @Test
  void renewalsReleasesAndQuestionsMustQuoteTheViewToo() {
    long view = settled();
    long epoch = ask(claim(view)).getCurrentEpoch();
    for (OwnerChangeReason reason : List.of(OwnerChangeReason.RENEW, OwnerChangeReason.RELEASE)) {
      OwnerChangeRequest.Builder request =
          claim(view + 7).setReason(reason).setEpoch(epoch).setPreviousHost(x.name().toString());
      assertEquals(OwnerChangeCode.STALE_VIEW, ask(request).getCode(), reason.toString());
    }
    assertEquals(OwnerChangeCode.STALE_VIEW, ask(claim(view + 7).setPrepareOnly(true)).getCode());
    assertTrue(a.ownership.record("k").isHeld());
  }

  @Test
  void aRefusalThatDoesNotDependOnTheViewComesFirst() {
    assertEquals(OwnerChangeCode.INVALID, ask(claim(settled() + 7).setCartId("")).getCode());
  }

  @Test
  void whoRefusesAsksTheCallerForItsView() {
    long view = settled();
    x.negotiated.clear();
    ask(claim(view + 7));
    Station.await(() -> !x.negotiated.isEmpty());
  }

  @Test
  void theNumberGrowsWhenAHostIsAdmittedAndWhenItHasLeft() {
    long before = settled();
    ScriptedHost y = new ScriptedHost(vertx);
    a.onDesk(desk -> desk.learn(List.of(y.name().toString())));
    Station.await(() -> a.node.view().epoch() == before + 1);
    a.onDesk(desk -> desk.closing(y.name()));
    y.close();
    Station.await(() -> a.node.view().epoch() == before + 2);
  }

  @Test
  void ourNodesHaveOneNumber() {
    try (Station b = new Station("b", List.of(x.name()))) {
      a.weight = new OwnWeight(2, 2);
      b.weight = new OwnWeight(2, 2);
      a.join(b);
      b.awaitState(x.name(), Standing.LIVE);
      Station.await(
          () ->
              a.node.view().own().size() == 2
                  && b.node.view().own().size() == 2
                  && a.node.view().epoch() == b.node.view().epoch()
                  && a.members.self().getViewHosts() == b.members.self().getViewHosts());
    }
  }

  @Test
  void ourVoteQuotesTheViewThatTheVoterTold() {
    x.pong = reply -> reply.toBuilder().setViewEpoch(41).build();
    Station.await(
        () -> {
          x.asked.clear();
          assertNull(Station.await(a.node.vote(GRANTED)));
          return x.asked.get(0).getViewEpoch() == 41;
        });
  }

  @Test
  void aVoterThatSeesAnotherViewIsMetAndAskedAgain() {
    x.votes =
        request -> {
          if (request.getViewEpoch() == 9) {
            return ScriptedHost.yes().toBuilder().setCode(OwnerChangeCode.ACCEPTED).build();
          }
          x.viewEpoch = 9; // not before: a Ping would tell it, and nobody had to ask again
          return stale();
        };
    x.negotiated.clear();
    assertNull(Station.await(a.node.vote(GRANTED)));
    assertFalse(x.negotiated.isEmpty());
    assertEquals(2, x.asked.size());
  }

  @Test
  void aVoterThatGoesOnSayingSoHasNotAgreed() {
    x.votes = request -> stale();
    a.weight = new OwnWeight(1, 2);
    AssertionError failed =
        Assertions.assertThrows(AssertionError.class, () -> Station.await(a.node.vote(GRANTED)));
    assertEquals(FailureCode.NO_MAJORITY, Failure.of(failed.getCause().getCause()).code());
    assertEquals(2, x.asked.size());
  }

  private static OwnerChangeAck stale() {
    return ScriptedHost.no("view 9, retry").toBuilder().setCode(OwnerChangeCode.STALE_VIEW).build();
  }
}
