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

/** Takes over what was decided for several entries of a partition; on backups. */
final class ApplyManyProcessor
    implements EntryProcessor<String, byte[], byte[]>,
        IdentifiedDataSerializable,
        HazelcastInstanceAware {
  private static final long serialVersionUID = 1L;

  private final Map<String, byte[]> records = new HashMap<>();
  private transient HazelcastInstance hazelcast;

  ApplyManyProcessor() {}

  ApplyManyProcessor(Map<String, byte[]> records) {
    this.records.putAll(records);
  }

  @Override
  public byte[] process(Map.Entry<String, byte[]> entry) {
    // A key that was refused has none, and stays as it is.
    if (records.containsKey(entry.getKey())) {
      Deciding.apply(entry, records.get(entry.getKey()), hazelcast);
    }
    return null;
  }

  @Override
  public EntryProcessor<String, byte[], byte[]> getBackupProcessor() {
    return null;
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeInt(records.size());
    for (Map.Entry<String, byte[]> record : records.entrySet()) {
      out.writeString(record.getKey());
      out.writeByteArray(record.getValue());
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
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
    return OwnerOperations.APPLY_MANY;
  }
}
