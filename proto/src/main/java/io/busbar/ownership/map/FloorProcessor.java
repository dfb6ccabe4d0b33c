package io.busbar.ownership.map;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;

/** Raises the floor of epochs; its value after that. */
final class FloorProcessor
    implements EntryProcessor<String, Long, Long>, IdentifiedDataSerializable {
  private static final long serialVersionUID = 1L;

  private long least;

  FloorProcessor() {}

  FloorProcessor(long least) {
    this.least = least;
  }

  @Override
  public Long process(Map.Entry<String, Long> entry) {
    long floor = Math.max(least, entry.getValue() == null ? 0 : entry.getValue());
    entry.setValue(floor);
    return floor;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(least);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    least = in.readLong();
  }

  @Override
  public int getFactoryId() {
    return OwnerOperations.ID;
  }

  @Override
  public int getClassId() {
    return OwnerOperations.RAISE_FLOOR;
  }
}
