package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.PingReply;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects what is known of each host beside its standing. On the desk's lane. */
final class HostFacts {
  /** Of one host; texts of others are not kept without bound. */
  private static final int MOST_CAPABILITIES = 16;

  private static final int LONGEST_CAPABILITY = 64;

  private final Map<HostName, MemberFacts> facts = new TreeMap<>();

  /** Its state changed now. */
  void changed(HostName host, String cause) {
    MemberFacts old = of(host);
    facts.put(
        host,
        new MemberFacts(
            System.currentTimeMillis(), cause, old.started(), old.capabilities(), old.tlsPort()));
  }

  /** It answered a ping. */
  void said(HostName host, PingReply reply) {
    List<String> capabilities =
        reply.getCapabilitiesList().stream()
            .filter(one -> one.length() <= LONGEST_CAPABILITY)
            .limit(MOST_CAPABILITIES)
            .toList();
    said(host, Math.max(0, reply.getIncarnation()), capabilities, reply.getTlsPort());
  }

  /** It is this node. */
  void said(HostName host, long started, List<String> capabilities, int tlsPort) {
    MemberFacts old = of(host);
    facts.put(host, new MemberFacts(old.since(), old.cause(), started, capabilities, tlsPort));
  }

  /**
   * It said to another of our nodes when it started.
   *
   * @param started ms since 1970, 0 = it says nothing
   */
  void started(HostName host, long started) {
    MemberFacts old = of(host);
    if (old.started() != started) {
      said(host, started, old.capabilities(), old.tlsPort());
    }
  }

  void forget(HostName host) {
    facts.remove(host);
  }

  MemberFacts of(HostName host) {
    return facts.getOrDefault(host, MemberFacts.NONE);
  }

  Map<HostName, MemberFacts> copy() {
    return Map.copyOf(facts);
  }
}
