package io.busbar.controlplane;

import io.busbar.controlplane.core.Action.Alarm;
import io.busbar.controlplane.core.Ballot;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Meters of the control plane of a node. All labels come from enums or from fixed lists.
 *
 * <ul>
 *   <li>{@code busbar.control.plane.members}: hosts by standing, {@code own} are our nodes
 *   <li>{@code busbar.control.plane.view.epoch}, {@code .node.up}, {@code .clock.skew}
 *   <li>{@code busbar.control.plane.requests}: answered, by method
 *   <li>{@code busbar.control.plane.confirms}: ConfirmOwner answers, by result
 *   <li>{@code busbar.control.plane.announced}: keys that moved, as told to foreign hosts, by
 *       result
 *   <li>{@code busbar.control.plane.exchanges}: Negotiate with foreign hosts, by result
 *   <li>{@code busbar.control.plane.votes}: claims of ours that foreign hosts voted on, by outcome;
 *       {@code .votes.waiting}: those that wait
 *   <li>{@code busbar.control.plane.connections}: taken, by kind: clear or tls
 *   <li>{@code busbar.control.plane.calls}: answered, by kind: clear or tls
 *   <li>{@code busbar.control.plane.disputes}: keys of two owners, by result: kept here, yielded to
 *       the other host, given up by the recorded one
 *   <li>{@code busbar.control.plane.spoke.for.another}: calls in another host's name, refused or
 *       warned of
 *   <li>{@code busbar.control.plane.watching}: foreign hosts whose stream of members is open;
 *       {@code .watch.events}: what they told, by kind; {@code .watch.ends}: streams that ended, by
 *       reason
 *   <li>{@code busbar.control.plane.alarms}, {@code .refused}, {@code .pings}
 * </ul>
 */
final class ControlPlaneMeters {
  private final MeterRegistry registry;
  private final Map<Alarm, Counter> alarms = new EnumMap<>(Alarm.class);
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final Counter refused;
  private final Timer pings;
  private final AtomicLong skew = new AtomicLong();
  private final AtomicLong votesWaiting = new AtomicLong();
  private final AtomicLong watching = new AtomicLong();

  ControlPlaneMeters(MeterRegistry registry, Supplier<View> view) {
    this.registry = registry;
    for (Alarm alarm : Alarm.values()) {
      alarms.put(
          alarm,
          Counter.builder("busbar.control.plane.alarms")
              .description("Oddities that an operator should know of")
              .tag("alarm", alarm.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    for (Standing standing : Standing.values()) {
      members(
          standing.name().toLowerCase(Locale.ROOT),
          () -> {
            View now = view.get();
            return now == null
                ? 0
                : now.foreign().values().stream().filter(s -> s == standing).count();
          });
    }
    members(
        "own",
        () -> {
          View now = view.get();
          return now == null ? 0 : now.own().size();
        });
    gauge(
        "busbar.control.plane.view.epoch",
        "Number of the view that our nodes agree on",
        () -> {
          View now = view.get();
          return now == null ? 0 : now.epoch();
        });
    gauge(
        "busbar.control.plane.node.up",
        "Whether this node grants keys, 1 or 0",
        () -> {
          View now = view.get();
          return now != null && now.state() == NodeState.UP ? 1 : 0;
        });
    gauge(
        "busbar.control.plane.clock.skew",
        "Seconds that a foreign host's clock last differed by",
        skew::get);
    gauge(
        "busbar.control.plane.votes.waiting",
        "Claims of our nodes that wait until foreign hosts are asked",
        votesWaiting::get);
    gauge(
        "busbar.control.plane.watching",
        "Foreign hosts whose members this node watches",
        watching::get);
    refused =
        Counter.builder("busbar.control.plane.refused")
            .description("Connections over the limit")
            .register(registry);
    pings =
        Timer.builder("busbar.control.plane.pings")
            .description("Time until a foreign host answered a ping")
            .register(registry);
  }

  private void members(String state, Supplier<Number> value) {
    Gauge.builder("busbar.control.plane.members", value)
        .description("Hosts of the view by standing")
        .tag("state", state)
        .register(registry);
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  void alarm(Alarm alarm) {
    alarms.get(alarm).increment();
  }

  void refused() {
    refused.increment();
  }

  void pinged(long nanos) {
    pings.record(Duration.ofNanos(nanos));
  }

  void skew(long seconds) {
    skew.set(seconds);
  }

  void request(String method) {
    count("busbar.control.plane.requests", "Requests answered by method", "method", method);
  }

  void confirm(String result) {
    count("busbar.control.plane.confirms", "Answers to ConfirmOwner by result", "result", result);
  }

  void connected(boolean tls) {
    count(
        "busbar.control.plane.connections",
        "Connections taken, in clear text or with TLS",
        "kind",
        tls ? "tls" : "clear");
  }

  void called(boolean tls) {
    count(
        "busbar.control.plane.calls",
        "Calls of other hosts answered, in clear text or with TLS",
        "kind",
        tls ? "tls" : "clear");
  }

  void disputed(String result) {
    count(
        "busbar.control.plane.disputes",
        "Keys that two hosts said they own, by what became of them",
        "result",
        result);
  }

  void spokeForAnother(String result) {
    count(
        "busbar.control.plane.spoke.for.another",
        "Calls in the name of a host that the caller is not, by result",
        "result",
        result);
  }

  void announced(String result) {
    count(
        "busbar.control.plane.announced",
        "Moved keys as told to foreign hosts, by result",
        "result",
        result);
  }

  void exchanged(String result) {
    count(
        "busbar.control.plane.exchanges",
        "Exchanges of hosts with a foreign host, by result; saved = both see the same",
        "result",
        result);
  }

  void watching(int hosts) {
    watching.set(hosts);
  }

  void watched(String kind) {
    count("busbar.control.plane.watch.events", "Events of watched hosts, by kind", "kind", kind);
  }

  void watchEnded(String why) {
    count(
        "busbar.control.plane.watch.ends",
        "Streams of watched hosts that ended, by reason",
        "reason",
        why);
  }

  void votesWaiting(int count) {
    votesWaiting.set(count);
  }

  void voted(Ballot.Outcome outcome) {
    count(
        "busbar.control.plane.votes",
        "Claims of our nodes that foreign hosts voted on, by outcome",
        "outcome",
        outcome.name().toLowerCase(Locale.ROOT));
  }

  private void count(String name, String description, String label, String value) {
    counters
        .computeIfAbsent(
            name + value,
            key ->
                Counter.builder(name).description(description).tag(label, value).register(registry))
        .increment();
  }
}
