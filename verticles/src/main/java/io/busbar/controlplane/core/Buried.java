package io.busbar.controlplane.core;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hosts that discovery took out a short while ago. Lists of others still name them, and an answer
 * that was on its way must not bring them back; only discovery, or the host itself, does.
 */
final class Buried {
  private final long millis;
  private final Map<HostName, Long> since = new LinkedHashMap<>();

  /**
   * @param millis how long hearsay of them does not count
   */
  Buried(long millis) {
    this.millis = millis;
  }

  void add(HostName host, long now) {
    since.remove(host);
    since.put(host, now);
    if (since.size() > Peers.MOST_HOSTS) {
      since.remove(since.keySet().iterator().next());
    }
  }

  /** It is there again. */
  void remove(HostName host) {
    since.remove(host);
  }

  boolean contains(HostName host, long now) {
    Long when = since.get(host);
    return when != null && now - when < millis;
  }

  void tick(long now) {
    since.values().removeIf(when -> now - when >= millis);
  }

  boolean isEmpty() {
    return since.isEmpty();
  }
}
