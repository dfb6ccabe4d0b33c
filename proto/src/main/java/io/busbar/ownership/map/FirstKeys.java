package io.busbar.ownership.map;

import com.hazelcast.aggregation.Aggregator;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.busbar.ownership.OwnerRecord;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The first held keys after one, or some that nobody holds; each member sends no more than are
 * asked for.
 */
final class FirstKeys
    implements Aggregator<Map.Entry<String, byte[]>, TreeMap<String, byte[]>>,
        IdentifiedDataSerializable {
  private static final long serialVersionUID = 1L;

  private String host = "";
  private String after = "";
  private int limit;
  private long unusedSince;
  private final TreeMap<String, byte[]> found = new TreeMap<>();

  FirstKeys() {}

  FirstKeys(String host, String after, int limit) {
    this.host = host;
    this.after = after;
    this.limit = limit;
  }

  /** Records that nobody holds, not changed since then, ms since 1970. */
  static FirstKeys unused(long since, int limit) {
    FirstKeys keys = new FirstKeys("", "", limit);
    keys.unusedSince = since;
    return keys;
  }

  @Override
  public void accumulate(Map.Entry<String, byte[]> entry) {
    String key = entry.getKey();
    boolean tooLate = found.size() >= limit && key.compareTo(found.lastKey()) >= 0;
    if (tooLate || key.compareTo(after) <= 0) {
      return;
    }
    byte[] value = entry.getValue();
    OwnerRecord record = OwnerCodec.record(key, value);
    boolean wanted =
        unusedSince > 0
            ? !record.isHeld() && record.changed() < unusedSince
            : record.isHeld() && (host.isEmpty() || host.equals(record.owner()));
    if (wanted) {
      add(key, value);
    }
  }

  private void add(String key, byte[] value) {
    found.put(key, value);
    if (found.size() > limit) {
      found.pollLastEntry();
    }
  }

  @Override
  public void combine(Aggregator aggregator) {
    ((FirstKeys) aggregator).found.forEach(this::add);
  }

  @Override
  public TreeMap<String, byte[]> aggregate() {
    return found;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeString(host);
    out.writeString(after);
    out.writeInt(limit);
    out.writeLong(unusedSince);
    out.writeInt(found.size());
    for (Map.Entry<String, byte[]> entry : found.entrySet()) {
      out.writeString(entry.getKey());
      out.writeByteArray(entry.getValue());
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    host = in.readString();
    after = in.readString();
    limit = in.readInt();
    unusedSince = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      found.put(in.readString(), in.readByteArray());
    }
  }

  @Override
  public int getFactoryId() {
    return OwnerOperations.ID;
  }

  @Override
  public int getClassId() {
    return OwnerOperations.FIRST_KEYS;
  }
}
