package io.busbar.bus.impl;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Item;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Questions answered a while ago, so that a repeated one is not asked of the service again. Bounded
 * in number, bytes and time; the oldest goes first.
 */
final class Answered {
  private static final int MAX = 16_384;
  private static final long MAX_BYTES = 16L << 20;

  private final long keepMillis;
  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private long bytes;

  Answered(long keepMillis) {
    this.keepMillis = keepMillis;
  }

  private record Key(Endpoint from, long id) {}

  /**
   * @param answer null while the service works on it
   */
  record Entry(Item answer, long until) {
    private int size() {
      return answer == null ? 0 : answer.getSerializedSize();
    }
  }

  Entry get(Endpoint from, long id) {
    return entries.get(new Key(from, id));
  }

  void begin(Endpoint from, long id, long now) {
    Iterator<Entry> eldest = entries.values().iterator();
    while (eldest.hasNext()) {
      Entry entry = eldest.next();
      if (entry.until > now && entries.size() < MAX && bytes <= MAX_BYTES) {
        break;
      }
      bytes -= entry.size();
      eldest.remove();
    }
    entries.put(new Key(from, id), new Entry(null, now + keepMillis));
  }

  void end(Endpoint from, long id, Item answer) {
    Entry done =
        entries.computeIfPresent(new Key(from, id), (key, entry) -> new Entry(answer, entry.until));
    if (done != null) {
      bytes += done.size();
    }
  }

  void peerLeft(String node) {
    Iterator<Map.Entry<Key, Entry>> all = entries.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Key, Entry> entry = all.next();
      if (entry.getKey().from.node().equals(node)) {
        bytes -= entry.getValue().size();
        all.remove();
      }
    }
  }
}
