package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.HealthInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The last health of each host: this node's own, and what the foreign hosts that it pings said.
 * Only the last word of a host is kept, so that a slow reader skips what is old. Nothing is decided
 * from it. Thread-safe.
 */
final class HealthBoard {
  /** A foreign host's word is kept up to this size in bytes; a larger one without its texts. */
  private static final int LARGEST = 4096;

  private final Map<HostName, Word> words = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  /**
   * What a host last said.
   *
   * @param number grows with each word of any host
   */
  record Word(long number, HostName host, long incarnation, HealthInfo health) {}

  /** Null = the host said nothing. */
  HealthInfo of(HostName host) {
    Word word = words.get(host);
    return word == null ? null : word.health();
  }

  void put(HostName host, long incarnation, HealthInfo health) {
    HealthInfo kept = health;
    if (health.getSerializedSize() > LARGEST) {
      kept = health.toBuilder().clearLabels().clearVersion().clearZone().build();
    }
    if (kept.getSerializedSize() <= LARGEST) {
      words.put(host, new Word(numbers.incrementAndGet(), host, incarnation, kept));
    }
  }

  /** Forgets every other host. */
  void retain(Collection<HostName> hosts) {
    words.keySet().retainAll(hosts);
  }

  /** What was said after that number, oldest first. */
  List<Word> since(long number) {
    List<Word> fresh = new ArrayList<>();
    for (Word word : words.values()) {
      if (word.number() > number) {
        fresh.add(word);
      }
    }
    fresh.sort(Comparator.comparingLong(Word::number));
    return fresh;
  }
}
