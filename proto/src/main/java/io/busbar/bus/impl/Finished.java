package io.busbar.bus.impl;

import io.busbar.bus.Endpoint;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Streams that were read to their end a while ago, for writers that missed the last report. Bounded
 * in number and time; past that the answer is Gone, which a writer takes for a broken stream.
 */
final class Finished {
  private static final int MAX = 65_536;

  private final long keepMillis;
  private final Map<StreamKey, Entry> entries = new LinkedHashMap<>();

  Finished(long keepMillis) {
    this.keepMillis = keepMillis;
  }

  record Entry(long total, long until, Endpoint peer) {}

  void add(StreamKey key, long total, Endpoint peer, long now) {
    Iterator<Entry> eldest = entries.values().iterator();
    for (int i = 0; i < 2 && eldest.hasNext(); i++) {
      if (eldest.next().until <= now || entries.size() >= MAX) {
        eldest.remove();
      }
    }
    entries.put(key, new Entry(total, now + keepMillis, peer));
  }

  /** Units of that stream, -1 = not known. */
  long total(StreamKey key) {
    Entry entry = entries.get(key);
    return entry == null ? -1 : entry.total;
  }

  void peerLeft(String node) {
    entries.values().removeIf(entry -> entry.peer.node().equals(node));
  }
}
