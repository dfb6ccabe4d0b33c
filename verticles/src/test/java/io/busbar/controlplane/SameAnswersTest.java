package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.ConfirmOwner;
import io.busbar.ownership.OwnerCode;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A foreign host gets the same answer for a key from whichever node of a cluster it asks. */
class SameAnswersTest {
  private static final int RACES = 50;
  private static final long STARTED = 1_700_000_000_000L;
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final Vertx VERTX = Vertx.vertx();
  private static MemberStation a;
  private static MemberStation b;
  private static ScriptedHost x;
  private static ScriptedHost y;
  private static PeerCalls client;

  @BeforeAll
  static void start() throws Exception {
    x = new ScriptedHost(VERTX);
    y = new ScriptedHost(VERTX);
    x.pong = reply -> reply.toBuilder().setIncarnation(STARTED).build();
    client = new PeerCalls(VERTX, "10.9.9.9", 30);
    a = MemberStation.start(CLUSTER, "a");
    b = MemberStation.start(CLUSTER, "b");
    a.meets(b);
    for (MemberStation node : List.of(a, b)) {
      node.node().peers(List.of(x.name(), y.name()));
      node.awaitLive(x.name());
      node.awaitLive(y.name());
      Station.await(() -> node.node().view().state() == NodeState.UP);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    Station.await(client.close());
    a.stop();
    b.stop();
    CLUSTER.close();
    x.close();
    y.close();
    Station.await(VERTX.close());
  }

  private static Future<OwnerChangeAck> ask(MemberStation node, String key, ScriptedHost host) {
    return client.confirm(
        node.host(),
        OwnerChangeRequest.newBuilder().setCartId(key).setNewHost(host.name().toString()).build());
  }

  private static OwnerChangeAck answer(MemberStation node, String key, ScriptedHost host) {
    return Station.await(ask(node, key, host));
  }

  /** Both refuse, with the same words, owner and epoch. */
  private static OwnerChangeAck refused(String key, ScriptedHost host) {
    OwnerChangeAck first = answer(a, key, host);
    OwnerChangeAck second = answer(b, key, host);
    for (OwnerChangeAck ack : List.of(first, second)) {
      assertEquals(OwnerChangeCode.ALREADY_OWNED, ack.getCode(), ack.toString());
    }
    assertEquals(first.getMessage(), second.getMessage());
    assertEquals(first.getCurrentOwner(), second.getCurrentOwner());
    assertEquals(first.getCurrentEpoch(), second.getCurrentEpoch());
    return first;
  }

  @Test
  void aKeyOfANodeIsRefusedByBothAndListedByItsOwner() throws Exception {
    assertEquals(OwnerCode.GRANTED, a.member().claim("mine").code());
    assertEquals("owned by " + a.name(), refused("mine", x).getMessage());
    assertTrue(Station.await(client.list(a.host())).getCartIdsList().contains("mine"));
    assertFalse(Station.await(client.list(b.host())).getCartIdsList().contains("mine"));
  }

  /**
   * A reservation lasts 5 s: where the machine was too slow for that, all is asked again.
   *
   * @param asking with a part of the keys that is new each time; gives what is to be checked
   */
  private static void whileReserved(Function<String, Runnable> asking) {
    long soon = ConfirmOwner.RESERVE_MILLIS * 4 / 5 * 1_000_000;
    for (int i = 0; i < 20; i++) {
      long began = System.nanoTime();
      Runnable check = asking.apply("try-" + i + "-");
      if (System.nanoTime() - began < soon) {
        check.run();
        return;
      }
    }
    fail("never soon enough");
  }

  @Test
  void whatOneNodeReservedTheOtherTurnsIntoAnOwner() {
    whileReserved(
        key -> {
          OwnerChangeAck reserved = answer(a, key, x);
          OwnerChangeAck other = answer(b, key, y);
          OwnerChangeAck owned = answer(b, key, x);
          return () -> {
            assertTrue(reserved.getAccepted(), reserved.toString());
            assertEquals("owned by " + x.name(), other.getMessage());
            assertTrue(owned.getAccepted(), owned.toString());
            OwnerChangeAck others = refused(key, y);
            assertEquals("owned by " + x.name(), others.getMessage());
            assertTrue(others.getCurrentEpoch() > 0, others.toString());
            assertTrue(answer(a, key, x).getAccepted(), "its owner may ask again");
          };
        });
  }

  @Test
  void ofTwoHostsThatAskTwoNodesAtOnceOneGetsTheKey() {
    whileReserved(
        prefix -> {
          List<Future<OwnerChangeAck>> asked = new ArrayList<>();
          for (int i = 0; i < RACES; i++) {
            asked.add(ask(a, prefix + i, x));
            asked.add(ask(b, prefix + i, y));
          }
          Station.await(Future.join(asked));
          return () -> {
            for (int i = 0; i < RACES; i++) {
              oneOf(asked.get(2 * i).result(), asked.get(2 * i + 1).result());
            }
          };
        });
  }

  private static void oneOf(OwnerChangeAck xs, OwnerChangeAck ys) {
    assertTrue(xs.getAccepted() != ys.getAccepted(), xs + " and " + ys);
    String winner = (xs.getAccepted() ? x : y).name().toString();
    assertEquals("owned by " + winner, (xs.getAccepted() ? ys : xs).getMessage());
  }

  @Test
  void aClaimOfAFormerLifeIsRefusedByBoth() {
    for (MemberStation node : List.of(a, b)) {
      Station.await(() -> node.node().view().facts(x.name()).started() == STARTED);
      OwnerChangeRequest.Builder claim =
          OwnerChangeRequest.newBuilder().setCartId("lives").setNewHost(x.name().toString());
      OwnerChangeAck former =
          Station.await(
              client.confirm(
                  node.host(), claim.clone().setNewHostIncarnation(STARTED - 1).build()));
      assertEquals(OwnerChangeCode.HOST_NOT_UP, former.getCode(), former.toString());
      assertTrue(
          Station.await(client.confirm(node.host(), claim.setNewHostIncarnation(STARTED).build()))
              .getAccepted());
    }
  }

  @Test
  void aNoticeOfAFormerLifeChangesNothingWhoeverGetsIt() {
    for (MemberStation node : List.of(a, b)) {
      Station.await(() -> node.node().view().facts(x.name()).started() == STARTED);
      ClosingNotice old =
          ClosingNotice.newBuilder()
              .setHost(x.name().toString())
              .setIncarnation(STARTED - 1)
              .build();
      assertTrue(Station.await(client.closing(node.host(), old)).getAccepted());
      node.afterDesk();
      assertEquals(Standing.LIVE, node.node().view().standing(x.name()));
    }
  }

  private static OwnerChangeRequest.Builder claim(ScriptedHost host, long epoch) {
    return OwnerChangeRequest.newBuilder()
        .setCartId("leased")
        .setNewHost(host.name().toString())
        .setEpoch(epoch);
  }

  @Test
  void aLeaseThatIsNotRenewedIsOverForBothAndItsFormerOwnersEpochIsRefused() {
    OwnerChangeRequest mine = claim(x, 1).setLeaseTtlMs(1_000).build();
    OwnerChangeAck first = Station.await(client.confirm(a.host(), mine));
    assertTrue(first.getAccepted(), first.toString());
    long epoch = first.getCurrentEpoch();
    OwnerChangeRequest next = claim(y, epoch + 1).build();
    Station.await(() -> Station.await(client.confirm(b.host(), next)).getAccepted());

    OwnerChangeRequest late =
        claim(x, epoch).setReason(OwnerChangeReason.RENEW).setLeaseTtlMs(1_000).build();
    for (MemberStation node : List.of(a, b)) {
      OwnerChangeAck refused = Station.await(client.confirm(node.host(), late));
      assertEquals(OwnerChangeCode.STALE_EPOCH, refused.getCode(), refused.toString());
      assertEquals(y.name().toString(), refused.getCurrentOwner());
      assertTrue(refused.getCurrentEpoch() > epoch, refused.toString());
    }
  }
}
