package io.busbar.ownership.map;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.util.Map;

/** Reads entries where they are, many in one message. */
final class ReadProcessor
    implements EntryProcessor<String, byte[], byte[]>, IdentifiedDataSerializable, ReadOnly {
  private static final long serialVersionUID = 1L;

  @Override
  public byte[] process(Map.Entry<String, byte[]> entry) {
    return entry.getValue();
  }

  @Override
  public EntryProcessor<String, byte[], byte[]> getBackupProcessor() {
    return null;
  }

  @Override
  public void writeData(ObjectDataOutput out) {
    // Nothing to tell.
  }

  @Override
  public void readData(ObjectDataInput in) {
    // Nothing was told.
  }

  @Override
  public int getFactoryId() {
    return OwnerOperations.ID;
  }

  @Override
  public int getClassId() {
    return OwnerOperations.READ;
  }
}
