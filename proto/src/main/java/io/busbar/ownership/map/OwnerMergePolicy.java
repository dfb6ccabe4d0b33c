package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.merge.MergingEntry;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.busbar.ownership.rules.MergeRules;

/** The higher epoch stands; the loser is announced. */
public final class OwnerMergePolicy
    implements SplitBrainMergePolicy<byte[], MergingEntry<String, byte[]>, Object>,
        IdentifiedDataSerializable,
        HazelcastInstanceAware {
  private transient HazelcastInstance hazelcast;

  @Override
  public Object merge(MergingEntry<String, byte[]> merging, MergingEntry<String, byte[]> existing) {
    String key = merging.getKey();
    byte[] here = existing == null ? null : existing.getValue();
    byte[] there = merging.getValue();
    MergeRules.Merged merged =
        MergeRules.merge(OwnerCodec.record(key, here), OwnerCodec.record(key, there));
    if (merged.loser() != null) {
      tell(merged);
    }
    byte[] winner = OwnerCodec.bytes(merged.winner());
    OwnerGuard guard = OwnerGuard.of(hazelcast);
    if (guard != null) {
      guard.keep(key, winner);
    }
    return winner;
  }

  private void tell(MergeRules.Merged merged) {
    OwnerGuard guard = OwnerGuard.of(hazelcast);
    if (guard != null) {
      guard.superseded(merged.loser(), merged.winner());
    }
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
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
    return OwnerOperations.MERGE;
  }
}
