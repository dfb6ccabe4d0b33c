package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Brings records of a disk back into several entries of one partition, where they are not older
 * than what is there. The answer says whether it was decided. One object per partition.
 */
final class RestoreProcessor
    implements EntryProcessor<String, byte[], byte[]>,
        IdentifiedDataSerializable,
        HazelcastInstanceAware {
  private static final long serialVersionUID = 1L;

  private final Map<String, byte[]> records = new HashMap<>();
  private long floor;
  private transient HazelcastInstance hazelcast;
  private final transient Map<String, byte[]> restored = new HashMap<>();

  RestoreProcessor() {}

  RestoreProcessor(Map<String, byte[]> records, long floor) {
    this.records.putAll(records);
    this.floor = floor;
  }

  /** Null = not decided, it may be asked again. */
  @Override
  public byte[] process(Map.Entry<String, byte[]> entry) {
    OwnerGuard guard = OwnerGuard.of(hazelcast);
    if (guard == null || guard.refuses(false) != null) {
      return null;
    }
    byte[] record = records.get(entry.getKey());
    if (Deciding.restore(entry, record, floor, guard)) {
      restored.put(entry.getKey(), record);
    }
    return new byte[0];
  }

  @Override
  public EntryProcessor<String, byte[], byte[]> getBackupProcessor() {
    return restored.isEmpty() ? null : new ApplyManyProcessor(restored);
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(floor);
    out.writeInt(records.size());
    for (Map.Entry<String, byte[]> record : records.entrySet()) {
      out.writeString(record.getKey());
      out.writeByteArray(record.getValue());
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    floor = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      records.put(in.readString(), in.readByteArray());
    }
  }

  @Override
  public int getFactoryId() {
    return OwnerOperations.ID;
  }

  @Override
  public int getClassId() {
    return OwnerOperations.RESTORE;
  }
}
