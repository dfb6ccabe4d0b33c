package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import java.lang.reflect.Proxy;
import java.util.AbstractMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A member of a simulated cluster: its copies, its disk, and the guard its processors ask. */
final class SimMember implements OwnerGuard {
  final String name;
  final long clockOff;
  final Map<String, byte[]> copies = new TreeMap<>();
  final Map<String, Long> versions = new TreeMap<>();
  final Map<String, byte[]> disk = new TreeMap<>();
  final HazelcastInstance hazelcast;
  SimView view;
  boolean up = true;
  int life;
  private final SimEntries entries;

  SimMember(String name, long clockOff, SimEntries entries) {
    this.name = name;
    this.clockOff = clockOff;
    this.entries = entries;
    ConcurrentMap<String, Object> context = new ConcurrentHashMap<>();
    context.put(NAME, this);
    hazelcast =
        (HazelcastInstance)
            Proxy.newProxyInstance(
                HazelcastInstance.class.getClassLoader(),
                new Class<?>[] {HazelcastInstance.class},
                (proxy, method, arguments) -> {
                  if (!method.getName().equals("getUserContext")) {
                    throw new UnsupportedOperationException(method.getName());
                  }
                  return context;
                });
  }

  void forget() {
    copies.clear();
    versions.clear();
  }

  /** As a processor sees it. */
  Map.Entry<String, byte[]> entry(String key) {
    return new AbstractMap.SimpleEntry<>(key, copies.get(key)) {
      private static final long serialVersionUID = 1L;

      @Override
      public byte[] setValue(byte[] value) {
        put(key, value);
        return super.setValue(value);
      }
    };
  }

  void put(String key, byte[] value) {
    if (value == null) {
      copies.remove(key);
    } else {
      copies.put(key, value);
    }
  }

  boolean hasMajority() {
    return !entries.majorityCounts || 2 * view.members.size() > entries.members.size();
  }

  @Override
  public OwnerCode refuses(boolean newKey) {
    return hasMajority() ? null : OwnerCode.NO_MAJORITY;
  }

  @Override
  public void created() {
    // Nothing is counted.
  }

  @Override
  public void changed(String key, OwnerRecord before, OwnerRecord after) {
    // Nobody listens: what is promised does not rest on announcements.
  }

  @Override
  public void keep(String key, byte[] record) {
    if (record == null) {
      disk.remove(key);
    } else {
      disk.put(key, record);
    }
  }

  @Override
  public void keepSession(String key, byte[] record) {
    keep(key, record);
  }

  @Override
  public void superseded(OwnerRecord loser, OwnerRecord winner) {
    entries.superseded.accept(loser, winner);
  }

  @Override
  public String toString() {
    return name;
  }
}
