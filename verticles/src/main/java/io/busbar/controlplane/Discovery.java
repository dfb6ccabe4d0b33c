package io.busbar.controlplane;

import io.busbar.bus.Lane;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.Peers;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which foreign hosts exist, by the word of whoever runs them: the configuration, and the addresses
 * of a name. A host that either of them named and none names any more is gone, whatever its state.
 * An answer without any address, or none, says nothing. On the desk's lane.
 */
final class Discovery {
  private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

  /** Answers in a row that must leave a host out: one may come from a server that is behind. */
  private static final int ANSWERS = 2;

  private final Lane lane;
  private final Peers peers;
  private final HostRules rules;
  private final HostResolver resolver;
  private final Consumer<HostName> gone;
  private final Set<HostName> resolved = new TreeSet<>();
  private Set<HostName> configured = Set.of();
  private Set<HostName> leftOut = Set.of();
  private int answers;
  private Lane.Timer timer = () -> {};
  private boolean failing;
  private boolean stopped;

  /**
   * @param gone told of each host that does not exist any more
   */
  Discovery(
      Lane lane, Peers peers, HostRules rules, HostResolver resolver, Consumer<HostName> gone) {
    this.lane = lane;
    this.peers = peers;
    this.rules = rules;
    this.resolver = resolver;
    this.gone = gone;
  }

  /**
   * @param first hosts of the configuration
   */
  void start(List<HostName> first) {
    configured(first);
    rules.discovery().ifPresent(this::look);
  }

  void stop() {
    stopped = true;
    timer.cancel();
  }

  /** The configuration names these hosts from now on. */
  void configured(Collection<HostName> now) {
    Set<HostName> before = configured;
    configured = Set.copyOf(now);
    configured.forEach(host -> peers.discovered(host, lane.now()));
    for (HostName host : before) {
      if (!configured.contains(host) && !resolved.contains(host)) {
        gone.accept(host);
      }
    }
  }

  private void look(HostName name) {
    resolver
        .hosts(name)
        .onComplete(
            done -> {
              if (stopped) {
                return;
              }
              if (done.failed() && !failing) {
                LOG.warn("control plane: {} is not resolved: {}", name, done.cause().toString());
              }
              failing = done.failed();
              if (done.succeeded() && !done.result().isEmpty()) {
                found(new HashSet<>(done.result()));
              }
              timer = lane.timer(rules.discoveryInterval().toMillis(), () -> look(name));
            });
  }

  private void found(Set<HostName> now) {
    now.forEach(host -> peers.discovered(host, lane.now()));
    Set<HostName> missing = new TreeSet<>(resolved);
    missing.removeAll(now);
    answers = missing.equals(leftOut) ? answers + 1 : 1;
    leftOut = missing;
    resolved.addAll(now);
    if (answers >= ANSWERS) {
      for (HostName host : missing) {
        resolved.remove(host);
        if (!configured.contains(host)) {
          gone.accept(host);
        }
      }
      leftOut = Set.of();
      answers = 0;
    }
  }
}
