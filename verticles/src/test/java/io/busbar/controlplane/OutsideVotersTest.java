package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.ClaimTries;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Standing;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What foreign hosts say to keys that our node claims, over real gRPC. */
class OutsideVotersTest {
  private static final OwnerRecord GRANTED =
      new OwnerRecord("k", OwnerState.OWNED, new Holder("a", 7), 12, "", null, 0, List.of());

  private Vertx vertx;
  private ScriptedHost x;
  private ScriptedHost y;
  private Station a;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
    y = new ScriptedHost(vertx);
    a = new Station("a", List.of(x.name(), y.name()));
    a.awaitState(x.name(), Standing.LIVE);
    a.awaitState(y.name(), Standing.LIVE);
  }

  @AfterEach
  void stop() {
    a.close();
    x.close();
    y.close();
    Station.await(vertx.close());
  }

  private static FailureCode refusal(Future<?> vote) {
    AssertionError failed = assertThrows(AssertionError.class, () -> Station.await(vote));
    return Failure.of(failed.getCause().getCause()).code();
  }

  private List<OwnerChangeRequest> askedOf(ScriptedHost host, OwnerChangeReason reason) {
    return host.asked.stream().filter(request -> request.getReason() == reason).toList();
  }

  @Test
  void nobodyIsAskedWithoutForeignHosts() {
    try (Station alone = new Station("alone", List.of())) {
      assertNull(alone.node.vote(GRANTED));
    }
  }

  @Test
  void whatTheMajorityAgreesToIsOurs() {
    y.votes = request -> ScriptedHost.no("host not available");
    assertNull(Station.await(a.node.vote(GRANTED)));
    OwnerChangeRequest request = askedOf(y, OwnerChangeReason.CLAIM).get(0);
    assertEquals("k", request.getCartId());
    assertEquals(a.name().toString(), request.getNewHost());
    assertEquals(12, request.getEpoch());
  }

  @Test
  void hostOfTheFirstVersionIsAskedAgainSinceItOnlyReserved() {
    assertNull(Station.await(a.node.vote(GRANTED)));
    Station.await(() -> x.asked.size() == 2 && y.asked.size() == 2);
  }

  @Test
  void withoutAMajorityOfTheViewTheKeyIsNotOurs() {
    Stream.of(x, y).forEach(host -> host.votes = request -> ScriptedHost.no("host not available"));
    assertEquals(FailureCode.NO_MAJORITY, refusal(a.node.vote(GRANTED)));
  }

  @Test
  void aVoteThatCameToNothingIsRepeated() {
    Stream.of(x, y)
        .forEach(
            host ->
                host.votes =
                    request ->
                        host.asked.size() < 3
                            ? ScriptedHost.no("owner suspect, retry")
                            : ScriptedHost.yes());
    assertNull(Station.await(a.node.vote(GRANTED)));
    assertEquals(1, a.count("busbar.control.plane.votes", "outcome", "agreed"));
    assertEquals(0, a.count("busbar.control.plane.votes", "outcome", "no_quorum"));
  }

  @Test
  void afterFiveVotesTheClaimIsOver() {
    Stream.of(x, y).forEach(host -> host.votes = request -> ScriptedHost.no("host not available"));
    assertEquals(FailureCode.NO_MAJORITY, refusal(a.node.vote(GRANTED)));
    assertEquals(5, x.asked.size());
    assertEquals(
        5,
        x.asked.stream().map(OwnerChangeRequest::getRequestId).distinct().count(),
        "an answer that a voter remembers must not count again");
  }

  @Test
  void whoComesAfterAnotherClaimantDoesNotAskAgain() {
    String key = keyThatGoesFirstTo(y.name());
    x.votes = request -> reserved(y.name());
    y.votes = request -> ScriptedHost.no("host not available");
    assertEquals(FailureCode.NO_MAJORITY, refusal(a.node.vote(granted(key))));
    assertEquals(1, x.asked.size());
  }

  @Test
  void whoComesBeforeAnotherClaimantAsksAgain() {
    String key = keyThatGoesFirstTo(a.name());
    x.votes = request -> x.asked.size() < 3 ? reserved(y.name()) : ScriptedHost.yes();
    y.votes = request -> ScriptedHost.no("host not available");
    assertNull(Station.await(a.node.vote(granted(key))));
  }

  private String keyThatGoesFirstTo(HostName host) {
    HostName other = host.equals(y.name()) ? a.name() : y.name();
    return Stream.iterate(0, i -> i + 1)
        .map(i -> "key-" + i)
        .filter(key -> ClaimTries.isAhead(key, host, other))
        .findFirst()
        .orElseThrow();
  }

  private static OwnerRecord granted(String key) {
    return new OwnerRecord(key, OwnerState.OWNED, new Holder("a", 7), 12, "", null, 0, List.of());
  }

  /** As a host that speaks codes says it. */
  private static OwnerChangeAck reserved(HostName rival) {
    return ScriptedHost.no("owned by " + rival).toBuilder()
        .setCode(OwnerChangeCode.ALREADY_OWNED)
        .build();
  }

  @Test
  void hostsThatSayNothingAreNoVotes() {
    Stream.of(x, y).forEach(host -> host.votes = request -> null);
    assertEquals(FailureCode.NO_MAJORITY, refusal(a.node.vote(GRANTED)));
  }

  @Test
  void ourNodesThatAreMissingCount() {
    a.weight = new OwnWeight(1, 4);
    assertEquals(FailureCode.NO_MAJORITY, refusal(a.node.vote(GRANTED)));
  }

  @Test
  void manyClaimsAtOnceWaitForTheirTurn() {
    List<Future<Holder>> votes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      votes.add(a.node.vote(GRANTED));
    }
    Station.await(() -> votes.stream().allMatch(Future::isComplete));
    assertEquals(0, a.registry.get("busbar.control.plane.votes.waiting").gauge().value());
    double ended =
        Stream.of("agreed", "no_quorum")
            .mapToDouble(outcome -> a.count("busbar.control.plane.votes", "outcome", outcome))
            .sum();
    assertEquals(100, ended);
    assertTrue(votes.stream().anyMatch(Future::succeeded));
  }

  @Test
  void oneLiveOwnerIsEnoughToRefuse() {
    y.votes = request -> ScriptedHost.no("owned by " + y.name());
    assertEquals(y.name().toString(), Station.await(a.node.vote(GRANTED)).host());
  }

  @Test
  void whoSaysThatItIsOursAlreadyAgrees() {
    Stream.of(x, y)
        .forEach(host -> host.votes = request -> ScriptedHost.no("owned by " + a.name()));
    assertNull(Station.await(a.node.vote(GRANTED)));
  }

  @Test
  void whoEnteredUsAsOwnerIsToldThatAnotherRefused() {
    OwnerChangeAck entered =
        ScriptedHost.yes().toBuilder()
            .setCode(OwnerChangeCode.ACCEPTED)
            .setCurrentEpoch(99)
            .build();
    x.votes = request -> entered;
    y.votes = request -> ScriptedHost.no("owned by " + y.name());
    assertEquals(y.name().toString(), Station.await(a.node.vote(GRANTED)).host());
    Station.await(() -> !askedOf(x, OwnerChangeReason.RELEASE).isEmpty());
    OwnerChangeRequest release = askedOf(x, OwnerChangeReason.RELEASE).get(0);
    assertEquals(99, release.getEpoch());
    assertEquals(a.name().toString(), release.getPreviousHost());
    assertTrue(askedOf(y, OwnerChangeReason.RELEASE).isEmpty());
  }
}
