package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Standing;
import io.busbar.controlplane.core.Timings;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator decides: when a fenced node ends, who breaks ties, which hosts there are. */
class HostRulesTest {
  private static final OwnerRecord GRANTED =
      new OwnerRecord("k", OwnerState.OWNED, new Holder("a", 7), 12, "", null, 0, List.of());
  private static final HostName NAME = HostName.parse("hosts.example").orElseThrow();

  private Vertx vertx;
  private ScriptedHost x;
  private Station a;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
  }

  @AfterEach
  void stop() {
    a.close();
    x.close();
    Station.await(vertx.close());
  }

  private void station(HostRules rules, Timings timings, HostName... peers) {
    a = new Station("a", 0, List.of(peers), timings, StationTls.OFF, rules);
  }

  private static HostRules ties() {
    return new HostRules(Duration.ZERO, true, Optional.empty(), Duration.ofSeconds(5));
  }

  private static HostRules discovering() {
    return new HostRules(Duration.ZERO, false, Optional.of(NAME), Duration.ofMillis(20));
  }

  @Test
  void aNodeThatIsFencedForTooLongIsToEnd() throws Exception {
    station(HostRules.DEFAULTS, Station.FAST.forAuthority(300));
    BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    a.node.onMustEnd(ends::add);
    Station.await(() -> a.node.view().state() == NodeState.UP);
    a.weight = new OwnWeight(1, 3);
    String why = ends.poll(Station.PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(why != null && why.startsWith("no majority"), why);
    assertEquals(1, a.count("busbar.control.plane.alarms", "alarm", "fenced_too_long"));
  }

  @Test
  void aLoneNodeOwnsAgainOnceTheConfigurationNamesTheOtherHostNoMore() {
    station(HostRules.DEFAULTS, Station.FAST, x.name());
    a.awaitState(x.name(), Standing.LIVE);
    HostName gone = x.name();
    x.close();
    a.awaitState(gone, Standing.SUSPECT);
    assertFalse(Station.outcome(a.node.vote(GRANTED)).succeeded(), "one of two");
    a.node.peers(List.of());
    a.awaitState(gone, Standing.UNKNOWN);
    assertNull(a.node.vote(GRANTED), "nobody is left to be asked");
    assertFalse(a.node.view().foreign().containsKey(gone));
  }

  @Test
  void keysOfAHostThatTheConfigurationNamesNoMoreAreFree() {
    station(HostRules.DEFAULTS, Station.FAST, x.name());
    x.owned = ScriptedHost.owns("theirs");
    a.awaitState(x.name(), Standing.LIVE);
    Station.await(() -> a.ownership.record("theirs") != null);
    a.node.peers(List.of());
    Station.await(() -> !a.ownership.record("theirs").isHeld());
  }

  @Test
  void hostsThatAConfigurationNamesNewAreTalkedTo() {
    station(HostRules.DEFAULTS, Station.FAST);
    a.node.peers(List.of(x.name()));
    a.awaitState(x.name(), Standing.LIVE);
  }

  @Test
  void hostsOfANameAreFoundAndRemovedWhenItDoesNotNameThemAnyMore() {
    station(discovering(), Station.FAST);
    HostName other = HostName.parse("127.0.0.1:1").orElseThrow();
    a.resolved = List.of(x.name(), other);
    a.awaitState(x.name(), Standing.LIVE);
    a.resolved = List.of(other);
    Station.await(() -> !a.node.view().foreign().containsKey(x.name()));
    assertEquals(0, a.node.view().counted());
  }

  @Test
  void anAnswerWithoutAddressesRemovesNobody() {
    station(discovering(), Station.FAST);
    a.resolved = List.of(x.name());
    a.awaitState(x.name(), Standing.LIVE);
    int asked = a.looks.get();
    a.resolved = List.of();
    Station.await(() -> a.looks.get() > asked + 5);
    assertTrue(a.isAlive(x.name()));
  }

  @Test
  void aHostThatTheConfigurationNamesTooStays() {
    station(discovering(), Station.FAST, x.name());
    HostName other = HostName.parse("127.0.0.1:1").orElseThrow();
    a.resolved = List.of(x.name(), other);
    a.awaitState(x.name(), Standing.LIVE);
    a.resolved = List.of(other);
    int asked = a.looks.get();
    Station.await(() -> a.looks.get() > asked + 5);
    assertTrue(a.isAlive(x.name()));
  }

  @Test
  void halfOfTheViewIsEnoughForTheSideWithTheLowestHost() {
    station(ties(), Station.FAST, x.name());
    a.awaitState(x.name(), Standing.LIVE);
    x.votes = request -> ScriptedHost.no("host not available");
    boolean lowest = a.name().compareTo(x.name()) < 0;
    assertEquals(lowest, Station.outcome(a.node.vote(GRANTED)).succeeded());
  }
}
