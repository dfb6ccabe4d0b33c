package io.busbar.ownership.map;

import com.hazelcast.internal.serialization.Data;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.impl.operation.MultipleEntryOperation;
import java.util.Set;

/**
 * Runs a processor in several entries of one partition and is answered when the copies have what
 * came out. Hazelcast's own operation for several keys, which {@code submitToKeys} uses, does not
 * wait for the copies: an answer of it could be lost with one member. Invoked per partition.
 */
public final class DecideManyOperation extends MultipleEntryOperation {
  /** For Hazelcast. */
  public DecideManyOperation() {}

  DecideManyOperation(
      String map, Set<Data> keys, EntryProcessor<String, byte[], byte[]> processor) {
    super(map, keys, processor);
  }

  @Override
  public int getSyncBackupCount() {
    return mapContainer.getBackupCount();
  }

  @Override
  public int getAsyncBackupCount() {
    return mapContainer.getAsyncBackupCount();
  }

  @Override
  public int getFactoryId() {
    return OwnerOperations.ID;
  }

  @Override
  public int getClassId() {
    return OwnerOperations.DECIDE_MANY_OPERATION;
  }
}
