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

/** A request on its way to the member that has the entries, and what is decided there. */
abstract class DecidingProcessor
    implements EntryProcessor<String, byte[], byte[]>,
        IdentifiedDataSerializable,
        HazelcastInstanceAware {
  private static final long serialVersionUID = 1L;

  private byte[] request;
  private transient OwnerRequest parsed;
  private transient HazelcastInstance hazelcast;

  /**
   * @param request what is sent, null = it is read from the wire
   */
  DecidingProcessor(byte[] request) {
    this.request = request;
  }

  @Override
  public final byte[] process(Map.Entry<String, byte[]> entry) {
    if (parsed == null) {
      parsed = RequestCodec.request(request);
    }
    Deciding.Outcome outcome = Deciding.decide(entry, parsed, hazelcast);
    decided(entry.getKey(), outcome);
    return outcome.answer();
  }

  /** What the backups have to be told of an entry. */
  abstract void decided(String key, Deciding.Outcome outcome);

  @Override
  public final void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public final void writeData(ObjectDataOutput out) throws IOException {
    out.writeByteArray(request);
  }

  @Override
  public final void readData(ObjectDataInput in) throws IOException {
    request = in.readByteArray();
  }

  @Override
  public final int getFactoryId() {
    return OwnerOperations.ID;
  }
}
