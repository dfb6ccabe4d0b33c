package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;

/** Takes over what the entry's owner decided; on backups. */
final class ApplyProcessor
    implements EntryProcessor<String, byte[], byte[]>,
        IdentifiedDataSerializable,
        HazelcastInstanceAware {
  private static final long serialVersionUID = 1L;

  private byte[] record;
  private transient HazelcastInstance hazelcast;

  ApplyProcessor() {}

  ApplyProcessor(byte[] record) {
    this.record = record;
  }

  @Override
  public byte[] process(Map.Entry<String, byte[]> entry) {
    Deciding.apply(entry, record, hazelcast);
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
    out.writeByteArray(record);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    record = in.readByteArray();
  }

  @Override
  public int getFactoryId() {
    return OwnerOperations.ID;
  }

  @Override
  public int getClassId() {
    return OwnerOperations.APPLY;
  }
}
