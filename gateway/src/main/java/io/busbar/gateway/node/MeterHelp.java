package io.busbar.gateway.node;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Map;

/**
 * Describes the meters of Busbar that do not describe themselves, so that each has a HELP line. A
 * test fails for a meter that is described in neither place.
 */
final class MeterHelp implements MeterFilter {
  private static final String OWN = "busbar.";

  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("attempts.busy", "Attempts that a worker took and then had no room for"),
          Map.entry("attempts.failed", "Attempts that ended before commit, other than as busy"),
          Map.entry("audit.findings", "What probes and checks of the cluster's table found"),
          Map.entry("bus.bytes", "Bytes of bus messages, by peer and direction"),
          Map.entry("bus.messages", "Bus messages, by peer and direction"),
          Map.entry("call.attempts", "Offers that a call took to its end"),
          Map.entry("call.bytes", "Bytes of bodies of calls that ended, by direction"),
          Map.entry("call.duration", "Submit of a call to its end"),
          Map.entry("calls", "Calls ended, by outcome: ok or the failure's code"),
          Map.entry("calls.active", "Calls under way that entered at this node"),
          Map.entry("commands.handled", "Commands handled on this node, by outcome"),
          Map.entry("commands.sent", "Commands sent from this node to their answer, by outcome"),
          Map.entry("fn-lb.api.cache.hits", "Questions to Fn's control API that memory answered"),
          Map.entry("fn-lb.api.failures", "Questions to Fn's control API without a good answer"),
          Map.entry("fn-lb.api.refused", "Questions to Fn's control API over the limit"),
          Map.entry("fn-lb.api.requests", "Questions to Fn's control API"),
          Map.entry("fn-lb.api.retries", "Questions to Fn's control API that were asked again"),
          Map.entry("http.websockets", "WebSocket connections open"),
          Map.entry("juniper.broken", "Juniper workers closed since a task broke off half-sent"),
          Map.entry("juniper.errors", "Error messages from Juniper workers"),
          Map.entry("juniper.refused", "Juniper workers that were refused, by reason"),
          Map.entry("juniper.registered", "Juniper workers registered on this node"),
          Map.entry("juniper.results", "Results of Juniper workers, by outcome"),
          Map.entry("juniper.stale", "Juniper workers let go since they were silent"),
          Map.entry("juniper.strays", "Messages of Juniper workers about no task of theirs"),
          Map.entry("juniper.unsaid", "Answers to Juniper workers dropped while a task went out"),
          Map.entry("offers", "Offers of calls to workers"),
          Map.entry("placer", "Submit of a call to its first slot"),
          Map.entry("plugin.calls", "Calls that the plugin started"),
          Map.entry("plugin.failed", "Calls of the plugin that failed"),
          Map.entry("plugin.instances", "Instances of the plugin, stuck ones left out"),
          Map.entry("plugin.replaced", "Instances started in place of stuck ones"),
          Map.entry("plugin.running", "Calls that the plugin is busy with"),
          Map.entry("plugin.stuck", "Instances or calls that did not return in time"),
          Map.entry("plugin.stuck.now", "Of these, those that have not returned yet"),
          Map.entry("plugin.threw", "Calls in which the plugin threw"),
          Map.entry("queue.length", "Calls that wait for a slot in this node's queue"),
          Map.entry("queue.wait", "Time in the queue of calls that got a slot"),
          Map.entry("rejects", "Offers that workers did not take"),
          Map.entry("runners.active", "Calls on a dialled Fn runner now"),
          Map.entry("runners.calls", "Attempts on a dialled Fn runner, by outcome"),
          Map.entry("runners.capacity", "Calls that a dialled Fn runner is trusted with now"),
          Map.entry("runners.ejections", "Times a dialled Fn runner was taken out of dispatch"),
          Map.entry("runners.execution", "Time in the function, as Fn runners measured it"),
          Map.entry("runners.names.failed", "Questions to the name service that failed"),
          Map.entry("runners.oddities", "Messages of Fn runners that were ignored as odd"),
          Map.entry("runners.scheduling", "Time before the function, as Fn runners measured it"),
          Map.entry("runners.status", "Status questions to Fn runners, by outcome"),
          Map.entry("tls.expires.seconds", "Until the certificate in use expires, by port"),
          Map.entry("tls.reloads", "Certificate files read again, by port and result"));

  /** Meters that each HTTP front side has under its own name. */
  private static final Map<String, String> OF_A_FRONT =
      Map.of(
          "connections", "Connections open",
          "connections.idle.closed", "Connections closed since nothing was asked on them",
          "connections.refused", "Connections over the limit or after the drain began",
          "linger.cut", "Answers whose unread request was too long to be read to its end",
          "no.progress", "Exchanges ended since their client neither sent nor read",
          "request.bytes", "Bytes of request bodies of calls",
          "response.bytes", "Bytes of response bodies of calls");

  @Override
  public Meter.Id map(Meter.Id id) {
    if (id.getDescription() != null || !id.getName().startsWith(OWN)) {
      return id;
    }
    String text = of(id.getName());
    return text == null
        ? id
        : new Meter.Id(
            id.getName(), Tags.of(id.getTagsAsIterable()), id.getBaseUnit(), text, id.getType());
  }

  /** The text for a meter that has none of its own; null = there is none. */
  static String of(String meter) {
    String name = meter.substring(OWN.length());
    String known = TEXTS.get(name);
    if (known != null) {
      return known;
    }
    int dot = name.indexOf('.');
    return dot < 0 ? null : OF_A_FRONT.get(name.substring(dot + 1));
  }
}
