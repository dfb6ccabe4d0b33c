package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.Dispute;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.ControlPlaneGrpcClient;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.gocart.wire.MemberState;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.gocart.wire.PingReply;
import io.busbar.gocart.wire.WatchMembershipRequest;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerState;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two clusters of one node, foreign hosts to each other, over real gRPC. */
class ControlPlaneTest {
  private Station a;
  private Station b;
  private PeerCalls client;
  private final List<GrpcClient> kept = new ArrayList<>();

  @BeforeEach
  void start() {
    a = new Station("a", List.of());
    b = new Station("b", List.of(a.name()));
    client = new PeerCalls(a.vertx, "10.9.9.9", 30);
  }

  @AfterEach
  void stop() {
    Station.await(client.close());
    kept.forEach(grpc -> Station.await(grpc.close()));
    b.close();
    a.close();
  }

  private void joined() {
    a.awaitState(b.name(), Standing.LIVE);
    b.awaitState(a.name(), Standing.LIVE);
  }

  private OwnerChangeAck confirm(Station at, String key, String host) {
    return Station.await(
        client.confirm(
            at.name(), OwnerChangeRequest.newBuilder().setCartId(key).setNewHost(host).build()));
  }

  @Test
  void pingNamesTheHostThatWasDialled() {
    PingReply reply = Station.await(client.ping(a.name()));
    assertEquals(a.name().toString(), reply.getHost());
    assertTrue(reply.getUnixTime() > 1_700_000_000L, "seconds, not milliseconds");
  }

  @Test
  void hostsFindEachOtherFromOneSeed() {
    joined();
    assertEquals(
        new ArrayList<>(
            List.of(a.name().toString(), b.name().toString()).stream().sorted().toList()),
        Station.await(
                client.negotiate(
                    a.name(),
                    NegotiateRequest.newBuilder().addKnownHosts(b.name().toString()).build()))
            .getHostsList());
  }

  @Test
  void hostsThatSeeTheSameHaveTheSameDigestAndSaveTheExchange() {
    joined();
    Station.await(
        () ->
            Station.await(client.ping(a.name()))
                .getViewDigest()
                .equals(Station.await(client.ping(b.name())).getViewDigest()));
    Station.await(() -> a.count("busbar.control.plane.exchanges", "result", "saved") >= 2);
  }

  @Test
  void exchangeNamesTheMembersWithTheirStates() {
    joined();
    NegotiateReply reply =
        Station.await(client.negotiate(a.name(), NegotiateRequest.getDefaultInstance()));
    assertEquals(
        List.of(MemberState.UP, MemberState.UP),
        reply.getMembersList().stream().map(MemberInfo::getState).toList());
    assertEquals(
        reply.getHostsList(), reply.getMembersList().stream().map(MemberInfo::getHost).toList());
  }

  @Test
  void hostThatWasNotPingedIsNotNamedHealthy() {
    List<String> named =
        Station.await(
                client.negotiate(
                    a.name(), NegotiateRequest.newBuilder().addKnownHosts("10.255.0.1").build()))
            .getHostsList();
    assertFalse(named.contains("10.255.0.1"), named.toString());
  }

  @Test
  void freeKeyIsReservedThenOwnedThenRefusedToOthers() {
    joined();
    String host = b.name().toString();
    assertTrue(confirm(a, "k", host).getAccepted());
    assertEquals(OwnerState.FREE, a.ownership.record("k").state());
    assertTrue(confirm(a, "k", host).getAccepted());
    assertEquals(host, a.ownership.record("k").owner());
    OwnerChangeAck refused = confirm(a, "k", a.name().toString());
    assertFalse(refused.getAccepted());
    assertEquals("owned by " + host, refused.getMessage());
    assertEquals(OwnerChangeCode.ALREADY_OWNED, refused.getCode());
  }

  @Test
  void keyOfOurNodeIsNotGivenAway() {
    joined();
    Station.await(a.ownership.claim("mine"));
    OwnerChangeAck refused = confirm(a, "mine", b.name().toString());
    assertFalse(refused.getAccepted());
    assertEquals("owned by " + a.name(), refused.getMessage());
    assertEquals(List.of("mine"), Station.await(client.list(a.name())).getCartIdsList());
  }

  @Test
  void unknownHostGetsNoKeyButIsLookedFor() {
    OwnerChangeAck refused = confirm(a, "k", "127.0.0.1:1");
    assertEquals("host not available", refused.getMessage());
    HostName host = HostName.parse("127.0.0.1:1").orElseThrow();
    Station.await(() -> a.node.view().foreign().containsKey(host));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "[", "x:99999999"})
  void malformedHostIsRefusedWithoutAnError(String host) {
    assertEquals("invalid", confirm(a, "k", host).getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 513, 100_000})
  void keyOfNoUseIsRefusedWithoutAnError(int length) {
    assertEquals("invalid", confirm(a, "k".repeat(length), a.name().toString()).getMessage());
  }

  @Test
  void epochOutOfRangeIsRefusedWithoutAnError() {
    joined();
    OwnerChangeAck refused =
        Station.await(
            client.confirm(
                a.name(),
                OwnerChangeRequest.newBuilder()
                    .setCartId("k")
                    .setNewHost(b.name().toString())
                    .setEpoch(Long.MIN_VALUE)
                    .build()));
    assertEquals(OwnerChangeCode.INVALID, refused.getCode());
  }

  @Test
  void fencedNodeGrantsNothing() {
    joined();
    a.weight = new io.busbar.controlplane.core.OwnWeight(1, 3);
    Station.await(() -> confirm(a, "k", b.name().toString()).getMessage().equals("no quorum"));
    a.weight = new io.busbar.controlplane.core.OwnWeight(3, 3);
    Station.await(() -> confirm(a, "k", b.name().toString()).getAccepted());
  }

  @Test
  void spoofedClosingOfOurNodeIsRefusedAndCounted() {
    OwnerChangeAck ack =
        Station.await(
            client.closing(
                a.name(), ClosingNotice.newBuilder().setHost(a.name().toString()).build()));
    assertFalse(ack.getAccepted());
    assertEquals(1, a.count("busbar.control.plane.alarms", "alarm", "spoofed_closing"));
  }

  @Test
  void closingOfAnUnknownHostIsAccepted() {
    assertTrue(
        Station.await(
                client.closing(a.name(), ClosingNotice.newBuilder().setHost("10.1.1.1").build()))
            .getAccepted());
  }

  @Test
  void drainingNodeSaysGoodbyeAndItsPeerLetsItGo() {
    joined();
    b.drain();
    assertTrue(
        a.node.view().standing(b.name()) == Standing.LEAVING
            || a.node.view().standing(b.name()) == Standing.GONE,
        "the notice was taken before the drain ended");
    b.close();
    a.awaitState(b.name(), Standing.GONE);
    assertFalse(a.node.view().negotiated().getHostsList().contains(b.name().toString()));
  }

  @Test
  void theGoodbyeWaitsUntilTheNodeOwnsNothing() {
    joined();
    OwnerAnswer mine = Station.await(b.ownership.claim("mine"));
    Future<Void> drained = b.host.drain();
    Station.await(() -> b.node.view().state() == NodeState.DRAINING);
    assertFalse(drained.isComplete());
    assertEquals(Standing.LIVE, a.node.view().standing(b.name()));
    Station.await(b.ownership.release("mine", mine.epoch()));
    Station.await(drained);
    assertTrue(
        a.node.view().standing(b.name()) == Standing.LEAVING
            || a.node.view().standing(b.name()) == Standing.GONE);
  }

  @Test
  void keysOfAHostThatLeftCanBeTaken() {
    joined();
    confirm(a, "k", b.name().toString());
    confirm(a, "k", b.name().toString());
    HostName left = b.name();
    b.drain();
    b.close();
    a.awaitState(left, Standing.GONE);
    assertTrue(confirm(a, "k", a.name().toString()).getAccepted());
    assertEquals("a", a.ownership.record("k").owner());
  }

  @Test
  void hostThatVanishesIsSuspectButNotDeadWithoutASecondOpinion() {
    joined();
    confirm(a, "k", b.name().toString());
    confirm(a, "k", b.name().toString());
    HostName gone = b.name();
    b.close();
    a.awaitState(gone, Standing.SUSPECT);
    OwnerChangeAck refused = confirm(a, "k", a.name().toString());
    assertEquals("owner suspect, retry", refused.getMessage());
  }

  @Test
  void keysThatAForeignHostOwnsAreEntered() {
    Station.await(b.ownership.claim("theirs"));
    joined();
    Station.await(() -> a.ownership.record("theirs") != null);
    assertEquals(b.name().toString(), a.ownership.record("theirs").owner());
  }

  @Test
  void keyThatBothOwnIsDisputedAndOneKeepsIt() {
    OwnerAnswer ours = Station.await(a.ownership.claim("both"));
    OwnerAnswer theirs = Station.await(b.ownership.claim("both"));
    boolean stays = Dispute.keeps(a.name(), ours.epoch(), b.name(), theirs.epoch());
    joined();
    String keeper = (stays ? a : b).name().toString();
    Station.await(() -> keeper.equals(ownerOf("both", a)) && keeper.equals(ownerOf("both", b)));
    assertTrue(
        a.count("busbar.control.plane.alarms", "alarm", "disputed")
                + b.count("busbar.control.plane.alarms", "alarm", "disputed")
            > 0);
  }

  private static String ownerOf(String key, Station at) {
    return at.node.view().hostOf(at.ownership.record(key).owner());
  }

  @Test
  void aHundredThousandHostsLeaveTheViewBounded() {
    NegotiateRequest.Builder many = NegotiateRequest.newBuilder();
    for (int i = 0; i < 100_000; i++) {
      many.addKnownHosts("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255) + ":9");
    }
    assertTrue(
        Station.await(client.negotiate(a.name(), many.build())).getHostsCount() > 0, "answered");
    Station.await(() -> a.count("busbar.control.plane.alarms", "alarm", "too_many_hosts") > 0);
    assertTrue(a.node.view().foreign().size() <= 1000, "hosts: " + a.node.view().foreign().size());
  }

  @Test
  void repeatedNamesCountOnce() {
    List<String> names = Collections.nCopies(5000, "127.0.0.1:9");
    Station.await(
        client.negotiate(a.name(), NegotiateRequest.newBuilder().addAllKnownHosts(names).build()));
    HostName host = HostName.parse("127.0.0.1:9").orElseThrow();
    Station.await(() -> a.node.view().foreign().containsKey(host));
    assertTrue(a.node.view().foreign().size() <= 2, a.node.view().foreign().toString());
  }

  private List<MembershipEvent> watch(WatchMembershipRequest wish) {
    List<MembershipEvent> seen = new CopyOnWriteArrayList<>();
    GrpcClient grpc =
        GrpcClient.client(
            a.vertx,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    kept.add(grpc);
    grpc.request(
            SocketAddress.inetSocketAddress(a.name().port(), "127.0.0.1"),
            ControlPlaneGrpcClient.WatchMembership)
        .onSuccess(
            request -> {
              request.response().onSuccess(response -> response.handler(seen::add));
              request.end(wish);
            });
    return seen;
  }

  private static boolean tells(List<MembershipEvent> seen, HostName host, MemberState state) {
    return seen.stream()
        .map(MembershipEvent::getChange)
        .anyMatch(
            change ->
                change.getMember().getHost().equals(host.toString())
                    && change.getMember().getState() == state);
  }

  @Test
  void watcherGetsASnapshotThenChangesWithoutAGap() {
    joined();
    List<MembershipEvent> seen = watch(WatchMembershipRequest.getDefaultInstance());
    Station.await(() -> !seen.isEmpty());
    assertEquals(2, seen.get(0).getSnapshot().getMembersCount(), seen.toString());
    HostName left = b.name();
    b.drain();
    Station.await(() -> tells(seen, left, MemberState.LEAVING));
    b.close();
    Station.await(() -> tells(seen, left, MemberState.DOWN));
    long revision = seen.get(0).getRevision();
    for (MembershipEvent event : seen.subList(1, seen.size())) {
      assertTrue(event.hasChange(), seen.toString());
      assertEquals(++revision, event.getRevision(), seen.toString());
    }
  }

  @Test
  void watcherThatComesBackGetsWhatItMissed() {
    joined();
    List<MembershipEvent> first = watch(WatchMembershipRequest.getDefaultInstance());
    Station.await(() -> !first.isEmpty());
    MembershipEvent last = first.get(0);
    HostName left = b.name();
    b.drain();
    b.close();
    Station.await(() -> tells(first, left, MemberState.DOWN));
    List<MembershipEvent> again =
        watch(
            WatchMembershipRequest.newBuilder()
                .setStreamId(last.getStreamId())
                .setFromRevision(last.getRevision())
                .build());
    Station.await(() -> tells(again, left, MemberState.DOWN));
    assertFalse(again.get(0).hasSnapshot(), again.toString());
    assertEquals(last.getRevision() + 1, again.get(0).getRevision());
  }

  @Test
  void watcherOfAnotherProcessStartsAnew() {
    List<MembershipEvent> seen =
        watch(WatchMembershipRequest.newBuilder().setStreamId("other").setFromRevision(9).build());
    Station.await(() -> !seen.isEmpty());
    assertTrue(seen.get(0).getSnapshot().getReset(), seen.toString());
  }

  @Test
  void silentWatchGetsBookmarks() {
    List<MembershipEvent> seen =
        watch(WatchMembershipRequest.newBuilder().setBookmarkSeconds(1).build());
    Station.await(() -> seen.stream().anyMatch(MembershipEvent::hasBookmark));
  }
}
