package io.busbar.ownership.map;

import com.hazelcast.internal.nio.IOUtil;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.map.impl.operation.GetAllOperation;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.impl.operationservice.Operation;
import com.hazelcast.spi.impl.operationservice.impl.operations.PartitionAwareOperationFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads keys where they are: one message for all partitions of a member, and each partition gets
 * its own keys only. Hazelcast's ways to read several keys give each partition all keys to look
 * through, which for thousands of them costs more than everything else.
 */
final class ReadKeys extends PartitionAwareOperationFactory {
  private final Map<Integer, List<Data>> keys = new HashMap<>();
  private String map;

  ReadKeys() {}

  ReadKeys(String map, Map<Integer, List<Data>> keys) {
    this.map = map;
    this.keys.putAll(keys);
  }

  @Override
  public Operation createPartitionOperation(int partition) {
    return new GetAllOperation(map, keys.getOrDefault(partition, List.of()));
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeString(map);
    out.writeInt(keys.size());
    for (Map.Entry<Integer, List<Data>> own : keys.entrySet()) {
      out.writeInt(own.getKey());
      out.writeInt(own.getValue().size());
      for (Data key : own.getValue()) {
        IOUtil.writeData(out, key);
      }
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    map = in.readString();
    for (int left = in.readInt(); left > 0; left--) {
      int partition = in.readInt();
      int count = in.readInt();
      List<Data> own = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        own.add(IOUtil.readData(in));
      }
      keys.put(partition, own);
    }
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
