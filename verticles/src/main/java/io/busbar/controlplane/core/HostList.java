package io.busbar.controlplane.core;

import io.busbar.controlplane.core.Action.Alarm;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Reads lists of hosts that others send. */
final class HostList {
  private HostList() {}

  /**
   * The hosts that a list names, in the one form, each once; at most {@link Peers#MOST_HOSTS}.
   *
   * @param odd told what was left out
   */
  static Set<HostName> read(Collection<String> names, BiConsumer<Alarm, String> odd) {
    Set<HostName> named = new TreeSet<>();
    int bad = 0;
    int looked = 0;
    for (String name : names) {
      if (named.size() >= Peers.MOST_HOSTS || looked++ >= 2 * Peers.MOST_HOSTS) {
        odd.accept(Alarm.TOO_MANY_HOSTS, names.size() + " names in one list");
        break;
      }
      HostName host = HostName.parse(name).orElse(null);
      if (host == null) {
        bad++;
      } else {
        named.add(host);
      }
    }
    if (bad > 0) {
      odd.accept(Alarm.BAD_HOST, bad + " names in a list of " + names.size() + " are no hosts");
    }
    return named;
  }
}
