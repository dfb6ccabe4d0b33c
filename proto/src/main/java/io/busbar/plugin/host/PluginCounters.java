package io.busbar.plugin.host;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** What a plugin counts itself: one number a name for all its instances. Any thread. */
public final class PluginCounters {
  /** Most names of one plugin. */
  public static final int MOST = 64;

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(\\.[a-z0-9]+)*");
  private static final int MAX_NAME = 100;

  private final Map<String, Counter> counters = new TreeMap<>();

  /**
   * A counter.
   *
   * @param description for people
   */
  public record Counter(String description, LongAdder value) {}

  synchronized LongAdder counter(String name, String description) {
    Counter known = counters.get(name);
    if (known != null) {
      return known.value();
    }
    if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "counter '" + name + "', expected words of a-z and 0-9 with dots between them");
    }
    if (counters.size() >= MOST) {
      throw new IllegalStateException("a plugin has at most " + MOST + " counters");
    }
    Counter added = new Counter(description, new LongAdder());
    counters.put(name, added);
    return added.value();
  }

  /** All of them by name. */
  public synchronized Map<String, Counter> all() {
    return new TreeMap<>(counters);
  }
}
