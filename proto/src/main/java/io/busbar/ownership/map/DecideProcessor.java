package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.Decision;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRules;
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
    backup = null;
    String key = entry.getKey();
    OwnerRecord before = OwnerCodec.record(key, entry.getValue());
    OwnerGuard guard = guard();
    OwnerCode refused = guard == null ? OwnerCode.NO_MAJORITY : guard.refuses(before == null);
    if (refused != null) {
      return OwnerCodec.bytes(
          new OwnerAnswer(refused, before == null ? 0 : before.epoch(), before));
    }
    Decision decision = OwnerRules.decide(key, before, RequestCodec.request(request));
    byte[] after = OwnerCodec.bytes(decision.after());
    if (decision.after() != before) {
      entry.setValue(after);
      if (before == null) {
        guard.created();
      }
    }
    if (decision.answer().isDone()) {
      backup = new ApplyProcessor(after);
    }
    return OwnerCodec.bytes(decision.answer());
  }

  /** Null = this member has just joined. */
  private OwnerGuard guard() {
    return hazelcast.getUserContext().get(OwnerGuard.NAME) instanceof OwnerGuard real ? real : null;
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
