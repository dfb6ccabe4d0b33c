package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.gocart.wire.MemberState;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.gocart.wire.PingReply;
import io.busbar.ownership.OwnerAnswer;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every field of the additions that a node fills, and what it makes of those that it is sent. */
class SchemaFieldsTest {
  private static final long STARTED = 5_000;

  private Vertx vertx;
  private ScriptedHost x;
  private Station a;
  private PeerCalls client;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
    x.pong =
        reply ->
            reply.toBuilder()
                .setIncarnation(STARTED)
                .setTlsPort(1437)
                .addCapabilities("epoch.v1")
                .build();
    client = new PeerCalls(vertx, "10.9.9.9", 30);
    a = new Station("a", List.of(x.name()));
    a.awaitState(x.name(), Standing.LIVE);
    Station.await(() -> a.node.view().state() == NodeState.UP && a.node.view().epoch() > 0);
  }

  @AfterEach
  void stop() {
    Station.await(client.close());
    a.close();
    x.close();
    Station.await(vertx.close());
  }

  private static MemberInfo member(List<MemberInfo> members, HostName host) {
    return members.stream()
        .filter(member -> member.getHost().equals(host.toString()))
        .findFirst()
        .orElseThrow();
  }

  private List<MemberInfo> members() {
    return Station.await(client.negotiate(a.name(), NegotiateRequest.getDefaultInstance()))
        .getMembersList();
  }

  @Test
  void pingFillsEachField() {
    Station.await(() -> a.node.health().of(a.name()) != null);
    PingReply reply = Station.await(client.ping(a.name()));
    assertEquals(1, reply.getIncarnation());
    assertTrue(reply.getViewEpoch() > 0);
    assertEquals(32, reply.getViewDigest().size());
    assertTrue(reply.hasHealth());
    assertEquals(a.node.capabilities(), reply.getCapabilitiesList());
    assertEquals(MemberState.UP, reply.getState());
    assertTrue(reply.getUnixTimeMs() / 1000 == reply.getUnixTime());
  }

  @Test
  void negotiateTellsOfAForeignHostWhatItSaidOfItself() {
    MemberInfo member = member(members(), x.name());
    assertEquals(MemberState.UP, member.getState());
    assertEquals(STARTED, member.getIncarnation());
    assertTrue(member.getSinceUnixMs() > 1_700_000_000_000L);
    assertEquals(List.of("epoch.v1"), member.getCapabilitiesList());
    assertEquals(1437, member.getTlsPort());
  }

  @Test
  void negotiateTellsOfThisNodeItsHealthToo() {
    Station.await(() -> a.node.health().of(a.name()) != null);
    MemberInfo self = member(members(), a.name());
    assertTrue(self.hasHealth());
    assertEquals(a.node.capabilities(), self.getCapabilitiesList());
    assertFalse(member(members(), x.name()).hasHealth());
  }

  @Test
  void whatThisNodeAsksHasTheSameFields() {
    Station.await(() -> x.negotiated.stream().anyMatch(one -> one.getViewEpoch() > 0));
    NegotiateRequest request = x.negotiated.get(x.negotiated.size() - 1);
    assertEquals(a.name().toString(), request.getSenderHost());
    assertEquals(1, request.getSenderIncarnation());
    assertTrue(request.getMembersCount() >= 2);
  }

  @Test
  void aGoodbyeSaysWhenHowManyKeysAndWhoStays() {
    a.drain();
    ClosingNotice notice = x.closed.get(0);
    assertEquals(1, notice.getIncarnation());
    assertTrue(notice.getDeadlineUnixMs() > 1_700_000_000_000L);
    assertEquals(0, notice.getOwnedCount());
    assertEquals("", notice.getSuccessorHint(), "no other node of ours is there");
    assertFalse(notice.getDrainOnly());
  }

  @Test
  void listsTellEpochsAndTheEndOfTheLease() {
    OwnerAnswer mine = Station.await(a.ownership.claim("mine"));
    CartIdsReply reply = Station.await(client.list(a.name()));
    assertEquals("mine", reply.getOwned(0).getCartId());
    assertEquals(mine.epoch(), reply.getOwned(0).getEpoch());
    assertTrue(reply.getOwned(0).getLeaseExpiresUnixMs() > System.currentTimeMillis() - 60_000);
    assertTrue(reply.getViewEpoch() > 0);
  }

  private OwnerChangeAck claimOfLife(long incarnation) {
    return Station.await(
        client.confirm(
            a.name(),
            OwnerChangeRequest.newBuilder()
                .setCartId("k")
                .setNewHost(x.name().toString())
                .setNewHostIncarnation(incarnation)
                .build()));
  }

  @Test
  void aClaimOfAFormerLifeIsRefused() {
    OwnerChangeAck refused = claimOfLife(STARTED - 1);
    assertEquals(OwnerChangeCode.HOST_NOT_UP, refused.getCode());
    assertTrue(claimOfLife(STARTED).getAccepted());
  }

  private boolean closes(ClosingNotice.Builder notice) {
    return Station.await(client.closing(a.name(), notice.setHost(x.name().toString()).build()))
        .getAccepted();
  }

  @Test
  void aNoticeOfAFormerLifeChangesNothing() {
    assertTrue(closes(ClosingNotice.newBuilder().setIncarnation(STARTED - 1)));
    a.onDesk(desk -> {});
    assertTrue(a.isAlive(x.name()));
  }

  @Test
  void aNoticeOfADrainAloneChangesNothing() {
    assertTrue(closes(ClosingNotice.newBuilder().setIncarnation(STARTED).setDrainOnly(true)));
    a.onDesk(desk -> {});
    assertTrue(a.isAlive(x.name()));
  }

  @Test
  void aNoticeOfThisLifeCounts() {
    assertTrue(closes(ClosingNotice.newBuilder().setIncarnation(STARTED)));
    Station.await(() -> !a.isAlive(x.name()));
  }

  @Test
  void aReservedKeyNamesItsClaimantInTheTextOnly() {
    assertTrue(claimOfLife(0).getAccepted());
    OwnerChangeAck refused =
        Station.await(
            client.confirm(
                a.name(),
                OwnerChangeRequest.newBuilder()
                    .setCartId("k")
                    .setNewHost(a.name().toString())
                    .build()));
    assertEquals("owned by " + x.name(), refused.getMessage());
    assertEquals("", refused.getCurrentOwner());
  }

  @Test
  void callsAreCountedByHowTheyCome() {
    Station.await(client.ping(a.name()));
    Station.await(() -> a.count("busbar.control.plane.calls", "kind", "clear") > 0);
    assertEquals(0, a.count("busbar.control.plane.calls", "kind", "tls"));
  }
}
