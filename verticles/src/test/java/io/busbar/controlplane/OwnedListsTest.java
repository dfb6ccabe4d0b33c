package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.gocart.wire.OwnedCart;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.OwnerAnswer;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What foreign hosts list as theirs, and what becomes of keys that have another owner. */
class OwnedListsTest {
  private static final long HIGH = Long.MAX_VALUE / 4;

  private Vertx vertx;
  private final List<ScriptedHost> hosts = new ArrayList<>();
  private Station a;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    a = new Station("a", List.of());
  }

  @AfterEach
  void stop() {
    a.close();
    hosts.forEach(ScriptedHost::close);
    Station.await(vertx.close());
  }

  /**
   * A host whose name sorts so beside the station's: ports are the system's choice, so hosts are
   * made until one fits.
   */
  private ScriptedHost host(boolean lower) {
    Comparator<HostName> order = Comparator.naturalOrder();
    for (int i = 0; i < 200; i++) {
      ScriptedHost made = new ScriptedHost(vertx);
      hosts.add(made);
      if (order.compare(made.name(), a.name()) < 0 == lower) {
        return made;
      }
    }
    throw new AssertionError("no host that sorts so beside " + a.name());
  }

  private void meet(ScriptedHost host) {
    a.onDesk(desk -> desk.learn(List.of(host.name().toString())));
    a.awaitState(host.name(), Standing.LIVE);
  }

  private static CartIdsReply owns(String key, long epoch) {
    return CartIdsReply.newBuilder()
        .addCartIds(key)
        .addOwned(OwnedCart.newBuilder().setCartId(key).setEpoch(epoch))
        .build();
  }

  private double disputes(String result) {
    return a.count("busbar.control.plane.disputes", "result", result);
  }

  private String owner(String key) {
    return a.ownership.record(key).owner();
  }

  @Test
  void aKeyOfOursGoesToALowerHostThatKnowsNoEpochs() {
    OwnerAnswer ours = Station.await(a.ownership.claim("k"));
    ScriptedHost x = host(true);
    x.owned = ScriptedHost.owns("k");
    meet(x);
    Station.await(() -> owner("k").equals(x.name().toString()));
    assertTrue(a.ownership.record("k").epoch() > ours.epoch(), "what we write is refused now");
    Station.await(() -> disputes("yielded") == 1);
  }

  @Test
  void aKeyOfOursStaysWhenTheOtherHostIsHigherAndThatOneIsTold() {
    Station.await(a.ownership.claim("k"));
    ScriptedHost x = host(false);
    x.owned = ScriptedHost.owns("k");
    meet(x);
    Station.await(() -> !x.asked.isEmpty());
    assertEquals(a.name().toString(), x.asked.get(0).getNewHost());
    assertEquals("a", owner("k"));
    assertTrue(disputes("kept") >= 1);
  }

  @Test
  void theHigherEpochDecidesWhereBothKnowEpochs() {
    Station.await(a.ownership.claim("low"));
    ScriptedHost lower = host(true);
    lower.owned = owns("low", 1);
    meet(lower);
    Station.await(() -> disputes("kept") >= 1);
    assertEquals("a", owner("low"));
  }

  @Test
  void aHigherEpochTakesOurKeyAlsoForAHigherHost() {
    OwnerAnswer ours = Station.await(a.ownership.claim("k"));
    ScriptedHost x = host(false);
    x.owned = owns("k", ours.epoch() + 1000);
    meet(x);
    Station.await(() -> owner("k").equals(x.name().toString()));
    assertTrue(a.ownership.record("k").epoch() >= ours.epoch() + 1000);
  }

  @Test
  void anEpochThatIsOutOfBoundsMovesNothing() {
    Station.await(a.ownership.claim("k"));
    ScriptedHost x = host(true);
    x.owned = owns("k", HIGH);
    meet(x);
    Station.await(() -> disputes("kept") >= 1);
    assertEquals("a", owner("k"));
  }

  /** The first one to be read has the key; the second lists it too. */
  private ScriptedHost[] two() {
    ScriptedHost first = host(true);
    first.owned = ScriptedHost.owns("k");
    meet(first);
    Station.await(() -> a.ownership.record("k") != null);
    ScriptedHost second = host(true);
    second.owned = ScriptedHost.owns("k");
    return new ScriptedHost[] {first, second};
  }

  private static boolean isAsked(ScriptedHost host, HostName about) {
    return host.asked.stream()
        .map(OwnerChangeRequest::getNewHost)
        .anyMatch(about.toString()::equals);
  }

  @Test
  void ofTwoForeignHostsTheRecordedOneStaysAndBothAreAsked() {
    ScriptedHost[] two = two();
    meet(two[1]);
    HostName recorded = two[0].name();
    Station.await(() -> isAsked(two[0], recorded) && isAsked(two[1], recorded));
    Station.await(() -> disputes("kept") >= 1);
    assertEquals(recorded.toString(), owner("k"));
  }

  @Test
  void ofTwoForeignHostsTheOtherGetsItWhenTheRecordedOneSaysSo() {
    ScriptedHost[] two = two();
    OwnerChangeAck no = ScriptedHost.no("owned by " + two[1].name());
    two[0].votes = request -> no;
    meet(two[1]);
    Station.await(() -> owner("k").equals(two[1].name().toString()));
    Station.await(() -> disputes("given-up") == 1);
  }

  @Test
  void keysThatAHostListsNoMoreAreGivenBackUnlessTheyAreNew() {
    ScriptedHost x = host(true);
    x.owned = ScriptedHost.owns("old", "new");
    meet(x);
    Station.await(() -> a.ownership.record("new") != null && a.ownership.record("old") != null);
    a.ownership.age("old", 11_000);
    x.owned = ScriptedHost.owns("other");
    a.onDesk(desk -> desk.read(x.name()));
    Station.await(() -> !a.ownership.record("old").isHeld());
    Station.await(() -> a.ownership.record("other") != null);
    assertTrue(a.ownership.record("new").isHeld(), "it may have been granted after the list");
  }
}
