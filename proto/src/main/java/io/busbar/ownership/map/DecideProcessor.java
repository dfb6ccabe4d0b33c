package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.busbar.ownership.rules.OwnerRequest;
import java.io.IOException;
import java.util.Map;

/**
 * Decides a request in its entry. The backups get the outcome, not the request, also when nothing
 * changed: an answer "it is yours" then proves that the copies agree.
 */
final class DecideProcessor
    implements EntryProcessor<String, byte[], byte[]>,
        IdentifiedDataSerializable,
        HazelcastInstanceAware {
  private static final long serialVersionUID = 1L;

  private byte[] request;
  private transient HazelcastInstance hazelcast;
  private transient ApplyProcessor backup;

  DecideProcessor() {}

  DecideProcessor(OwnerRequest request) {
    this.request = RequestCodec.bytes(request);
  }

  @Override
  public byte[] process(Map.Entry<String, byte[]> entry) {
    Deciding.Outcome outcome = Deciding.decide(entry, RequestCodec.request(request), hazelcast);
    backup = outcome.agreed() ? new ApplyProcessor(outcome.record()) : null;
    return outcome.answer();
  }

  @Override
  public EntryProcessor<String, byte[], byte[]> getBackupProcessor() {
    return backup;
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
    return OwnerOperations.DECIDE;
  }
}
