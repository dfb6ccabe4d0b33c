package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.Holder;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases of foreign hosts, giving back, and asking without asking, over real gRPC. */
class LeaseTest {
  private Vertx vertx;
  private ScriptedHost x;
  private ScriptedHost y;
  private Station a;
  private PeerCalls client;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
    y = new ScriptedHost(vertx);
    a = new Station("a", List.of(x.name(), y.name()));
    client = new PeerCalls(a.vertx, "10.9.9.9", 30);
    a.awaitState(x.name(), Standing.LIVE);
    a.awaitState(y.name(), Standing.LIVE);
    Station.await(() -> a.node.view().state() == NodeState.UP);
  }

  @AfterEach
  void stop() {
    Station.await(client.close());
    a.close();
    x.close();
    y.close();
    Station.await(vertx.close());
  }

  private static OwnerChangeRequest.Builder claim(ScriptedHost host, long epoch) {
    return OwnerChangeRequest.newBuilder()
        .setCartId("k")
        .setNewHost(host.name().toString())
        .setEpoch(epoch);
  }

  private OwnerChangeAck ask(OwnerChangeRequest.Builder request) {
    return Station.await(client.confirm(a.name(), request.build()));
  }

  @Test
  void aLeaseIsGrantedWithTheKeyAndItsLengthIsAnswered() {
    OwnerChangeAck ack = ask(claim(x, 1).setLeaseTtlMs(10_000));
    assertTrue(ack.getAccepted());
    assertEquals(10_000, ack.getLeaseTtlMs());
    assertEquals(10_000, a.ownership.leases.get(a.ownership.record("k").holder()));
  }

  @Test
  void aLeaseIsKeptWithinItsBounds() {
    assertEquals(1_000, ask(claim(x, 1).setLeaseTtlMs(1)).getLeaseTtlMs());
    assertEquals(24 * 3_600_000L, ask(claim(x, 0).setLeaseTtlMs(Long.MAX_VALUE)).getLeaseTtlMs());
  }

  @Test
  void withoutALeaseNoneIsAnswered() {
    assertEquals(0, ask(claim(x, 1)).getLeaseTtlMs());
    assertTrue(a.ownership.leases.isEmpty());
  }

  @Test
  void whoHasAnOpenLeaseKeepsItsKey() {
    ask(claim(x, 1).setLeaseTtlMs(10_000));
    OwnerChangeAck refused = ask(claim(y, Long.MAX_VALUE >>> 12));
    assertEquals(OwnerChangeCode.ALREADY_OWNED, refused.getCode());
    assertEquals(x.name().toString(), refused.getCurrentOwner());
  }

  @Test
  void aKeyWhoseLeaseIsOverCanBeTakenWithAHigherEpoch() {
    OwnerChangeAck first = ask(claim(x, 1).setLeaseTtlMs(10_000));
    a.ownership.endSession(a.ownership.record("k").holder(), "lapsed");
    OwnerChangeAck taken = ask(claim(y, first.getCurrentEpoch() + 1));
    assertTrue(taken.getAccepted());
    assertTrue(taken.getCurrentEpoch() > first.getCurrentEpoch());
  }

  @Test
  void whoLetItsLeaseLapseComesBackInANewLifeWithANewEpoch() {
    OwnerChangeAck first = ask(claim(x, 1).setLeaseTtlMs(10_000));
    Holder before = a.ownership.record("k").holder();
    a.ownership.endSession(before, "lapsed");
    OwnerChangeAck again = ask(claim(x, first.getCurrentEpoch()).setLeaseTtlMs(10_000));
    assertTrue(again.getAccepted());
    assertTrue(again.getCurrentEpoch() > first.getCurrentEpoch());
    assertTrue(a.ownership.record("k").holder().incarnation() > before.incarnation());
  }

  @Test
  void aRenewalOfTheHoldersEpochIsAccepted() {
    long epoch = ask(claim(x, 1).setLeaseTtlMs(10_000)).getCurrentEpoch();
    OwnerChangeAck renewed =
        ask(claim(x, epoch).setReason(OwnerChangeReason.RENEW).setLeaseTtlMs(20_000));
    assertTrue(renewed.getAccepted());
    assertEquals(20_000, renewed.getLeaseTtlMs());
    assertEquals(epoch, a.ownership.record("k").epoch());
  }

  @Test
  void aRenewalOfAnOldEpochOrOfAnotherHostOrOfALapsedLeaseIsRefused() {
    long epoch = ask(claim(x, 1).setLeaseTtlMs(10_000)).getCurrentEpoch();
    OwnerChangeRequest.Builder old = claim(x, epoch - 1).setReason(OwnerChangeReason.RENEW);
    assertEquals(OwnerChangeCode.STALE_EPOCH, ask(old).getCode());
    OwnerChangeRequest.Builder other = claim(y, epoch).setReason(OwnerChangeReason.RENEW);
    assertEquals(OwnerChangeCode.STALE_EPOCH, ask(other).getCode());
    a.ownership.endSession(a.ownership.record("k").holder(), "lapsed");
    OwnerChangeRequest.Builder late =
        claim(x, epoch).setReason(OwnerChangeReason.RENEW).setLeaseTtlMs(10_000);
    assertFalse(ask(late).getAccepted());
  }

  @Test
  void aRenewalOfAKeyThatNobodyOwnsMakesNoOwner() {
    assertFalse(ask(claim(x, 5).setReason(OwnerChangeReason.RENEW)).getAccepted());
    assertNull(a.ownership.record("k"));
  }

  @Test
  void theOwnerGivesAKeyBackWithItsEpochOnly() {
    long epoch = ask(claim(x, 1)).getCurrentEpoch();
    OwnerChangeRequest.Builder release =
        OwnerChangeRequest.newBuilder()
            .setCartId("k")
            .setReason(OwnerChangeReason.RELEASE)
            .setPreviousHost(x.name().toString());
    assertFalse(ask(release.clone().setEpoch(epoch + 1)).getAccepted());
    assertFalse(ask(release.clone().setEpoch(epoch).setPreviousHost("10.0.0.9")).getAccepted());
    assertTrue(a.ownership.record("k").isHeld());
    assertTrue(ask(release.clone().setEpoch(epoch)).getAccepted());
    assertFalse(a.ownership.record("k").isHeld());
    assertTrue(ask(release.clone().setEpoch(epoch)).getAccepted(), "again");
  }

  @Test
  void aKeyOfOurNodeIsNotGivenBackByOthers() {
    long epoch = Station.await(a.ownership.claim("k")).epoch();
    OwnerChangeRequest.Builder release =
        OwnerChangeRequest.newBuilder()
            .setCartId("k")
            .setReason(OwnerChangeReason.RELEASE)
            .setEpoch(epoch)
            .setPreviousHost(a.name().toString());
    assertFalse(ask(release).getAccepted());
    assertTrue(a.ownership.record("k").isHeld());
  }

  @Test
  void aPreparationAnswersAndChangesNothing() {
    assertTrue(ask(claim(x, 1).setPrepareOnly(true)).getAccepted());
    assertNull(a.ownership.record("k"));
    Station.await(a.ownership.claim("k"));
    OwnerChangeAck owned = ask(claim(x, 1).setPrepareOnly(true));
    assertEquals(OwnerChangeCode.ALREADY_OWNED, owned.getCode());
    OwnerChangeRequest.Builder handOff =
        claim(x, 1)
            .setPrepareOnly(true)
            .setReason(OwnerChangeReason.HANDOFF)
            .setPreviousHost(a.name().toString());
    assertTrue(ask(handOff).getAccepted());
    assertEquals("a", a.ownership.record("k").owner());
  }

  @Test
  void aPreparationForANodeWithoutRoomIsRefused() {
    a.load = new NodeLoad(0, 0, 0, 10, 10);
    Station.await(() -> !a.node.hasRoom());
    OwnerChangeRequest.Builder forUs =
        OwnerChangeRequest.newBuilder()
            .setCartId("k")
            .setNewHost(a.name().toString())
            .setPrepareOnly(true);
    assertEquals("too many keys", ask(forUs).getMessage());
  }

  @Test
  void theLeaseOfAHostThatLeftIsEnded() {
    ask(claim(x, 1).setLeaseTtlMs(10_000));
    Holder holder = a.ownership.record("k").holder();
    a.onDesk(desk -> desk.closing(x.name()));
    Station.await(() -> a.ownership.leases.get(holder) < 0);
  }
}
