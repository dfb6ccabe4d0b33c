package io.busbar.channel.ring;

import com.google.protobuf.InvalidProtocolBufferException;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.busbar.bus.v1.ChannelSnapshot;
import java.io.IOException;
import java.util.Map;

/**
 * Puts a snapshot in place of one of an earlier frame. Of two sequencers, while a ring moves, the
 * former one cannot undo what the new one stored.
 */
public final class KeepNewer
    implements EntryProcessor<String, byte[], Void>, IdentifiedDataSerializable {
  private static final long serialVersionUID = 1L;

  private long epoch;
  private long offset;
  private byte[] snapshot;

  KeepNewer() {}

  /**
   * @param snapshot a {@link ChannelSnapshot} of that epoch and offset
   */
  public KeepNewer(long epoch, long offset, byte[] snapshot) {
    this.epoch = epoch;
    this.offset = offset;
    this.snapshot = snapshot;
  }

  @Override
  public Void process(Map.Entry<String, byte[]> entry) {
    if (!isNewer(entry.getValue())) {
      entry.setValue(snapshot);
    }
    return null;
  }

  /** Whether the known one is of a later frame. */
  private boolean isNewer(byte[] known) {
    if (known == null) {
      return false;
    }
    try {
      ChannelSnapshot stored = ChannelSnapshot.parseFrom(known);
      return stored.getEpoch() > epoch
          || (stored.getEpoch() == epoch && stored.getOffset() > offset);
    } catch (InvalidProtocolBufferException e) {
      // Of no use to anybody.
      return false;
    }
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(epoch);
    out.writeLong(offset);
    out.writeByteArray(snapshot);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    epoch = in.readLong();
    offset = in.readLong();
    snapshot = in.readByteArray();
  }

  @Override
  public int getFactoryId() {
    return RingOperations.ID;
  }

  @Override
  public int getClassId() {
    return RingOperations.KEEP_NEWER;
  }
}
