package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.busbar.ownership.rules.OwnerRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides one request in several entries of one partition. Like {@link DecideProcessor} it gives
 * the copies what came out. One object per partition: it remembers the outcomes.
 */
final class DecideManyProcessor
    implements EntryProcessor<String, byte[], byte[]>,
        IdentifiedDataSerializable,
        HazelcastInstanceAware {
  private static final long serialVersionUID = 1L;

  private byte[] request;
  private transient OwnerRequest parsed;
  private transient HazelcastInstance hazelcast;
  private final transient Map<String, byte[]> outcomes = new HashMap<>();

  DecideManyProcessor() {}

  DecideManyProcessor(byte[] request) {
    this.request = request;
  }

  @Override
  public byte[] process(Map.Entry<String, byte[]> entry) {
    if (parsed == null) {
      parsed = RequestCodec.request(request);
    }
    Deciding.Outcome outcome = Deciding.decide(entry, parsed, hazelcast);
    if (outcome.agreed()) {
      outcomes.put(entry.getKey(), outcome.record());
    } else {
      outcomes.remove(entry.getKey());
    }
    return outcome.answer();
  }

  @Override
  public EntryProcessor<String, byte[], byte[]> getBackupProcessor() {
    return outcomes.isEmpty() ? null : new ApplyManyProcessor(outcomes);
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByteArray(request);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    request = in.readByteArray();
  }

  @Override
  public int getFactoryId() {
    return OwnerOperations.ID;
  }

  @Override
  public int getClassId() {
    return OwnerOperations.DECIDE_MANY;
  }
}
