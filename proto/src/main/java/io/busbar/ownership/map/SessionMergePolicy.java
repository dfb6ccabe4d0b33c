package io.busbar.ownership.map;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.merge.MergingEntry;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.busbar.ownership.rules.SessionRules;

/** The end of a session stands. */
public final class SessionMergePolicy
    implements SplitBrainMergePolicy<byte[], MergingEntry<String, byte[]>, Object>,
        IdentifiedDataSerializable {

  @Override
  public Object merge(MergingEntry<String, byte[]> merging, MergingEntry<String, byte[]> existing) {
    byte[] here = existing == null ? null : existing.getValue();
    return OwnerCodec.bytes(
        SessionRules.merge(OwnerCodec.session(here), OwnerCodec.session(merging.getValue())));
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
    return OwnerOperations.MERGE_SESSIONS;
  }
}
