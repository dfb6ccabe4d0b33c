package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whom a host watches, and how often it pings whom. */
class RingTest {
  private static List<HostName> hosts(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> HostName.parse("10.0.1." + i).orElseThrow())
        .toList();
  }

  @Test
  void amongTwentyHostsEverybodyIsWatched() {
    List<HostName> all = hosts(20);
    assertEquals(19, Ring.watched(all.subList(0, 1), all.subList(1, 20)).size());
  }

  @Test
  void amongMoreTenAreWatchedByEachAndEachByTen() {
    List<HostName> all = hosts(60);
    Map<HostName, Integer> watchers = new HashMap<>();
    for (HostName one : all) {
      List<HostName> others = new ArrayList<>(all);
      others.remove(one);
      Set<HostName> watched = Ring.watched(List.of(one), others);
      assertEquals(10, watched.size());
      watched.forEach(host -> watchers.merge(host, 1, Integer::sum));
    }
    assertEquals(60, watchers.size());
    assertTrue(watchers.values().stream().allMatch(count -> count == 10), watchers.toString());
  }

  @Test
  void anAuthorityOfSeveralNodesWatchesTheSuccessorsOfEach() {
    List<HostName> all = hosts(60);
    Set<HostName> watched = Ring.watched(all.subList(0, 3), all.subList(3, 60));
    assertTrue(watched.size() > 10 && watched.size() <= 30, "watched: " + watched.size());
  }

  // ---- what that means for pings ----

  private final Map<HostName, Integer> pings = new HashMap<>();
  private final List<Action.Ping> open = new ArrayList<>();
  private final Peers peers =
      new Peers(
          HostName.parse("10.0.0.1").orElseThrow(),
          Timings.DEFAULTS,
          false,
          new SplittableRandom(1),
          this::act);
  private long now;

  private void act(Action action) {
    if (action instanceof Action.Ping ping) {
      pings.merge(ping.host(), 1, Integer::sum);
      open.add(ping);
    }
  }

  /** Everybody answers but the silent one. */
  private void pass(long millis, HostName silent) {
    for (long end = now + millis; now < end; now += 100) {
      peers.tick(OwnWeight.ONE, now);
      List<Action.Ping> due = List.copyOf(open);
      open.clear();
      for (Action.Ping ping : due) {
        if (!ping.host().equals(silent)) {
          peers.answered(ping.host(), ping.number(), ping.host().toString(), now);
        }
      }
    }
  }

  private void joined(int count) {
    hosts(count).forEach(host -> peers.discovered(host, now));
    pass(35_000, null);
    assertEquals(count, peers.in(PeerState.ALIVE).size());
    pings.clear();
  }

  @Test
  void aLargeClusterIsPingedByTensAndTheRestNowAndThen() {
    joined(60);
    pass(60_000, null);
    assertEquals(60, pings.size(), "nobody is forgotten");
    long often = pings.values().stream().filter(count -> count >= 20).count();
    assertEquals(10, often);
    assertTrue(pings.values().stream().filter(count -> count < 20).allMatch(count -> count <= 4));
  }

  @Test
  void aHostThatIsPingedNowAndThenIsFoundSuspectAsSoonAsItMissesOne() {
    joined(60);
    pass(60_000, null);
    HostName seldom =
        pings.entrySet().stream()
            .filter(entry -> entry.getValue() < 20)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    pass(50_000, seldom);
    assertEquals(PeerState.SUSPECT, peers.state(seldom));
  }

  @Test
  void whoIsLeftOutByAnotherIsPingedAtOnce() {
    joined(60);
    pass(60_000, null);
    List<HostName> seldom =
        pings.entrySet().stream()
            .filter(entry -> entry.getValue() < 20)
            .map(Map.Entry::getKey)
            .toList();
    pings.clear();
    List<String> others =
        hosts(60).stream()
            .filter(host -> !host.equals(seldom.get(0)))
            .map(HostName::toString)
            .toList();
    peers.opinion(seldom.get(1), others, OwnWeight.ONE, now);
    pass(100, null);
    assertEquals(1, pings.get(seldom.get(0)));
  }
}
