package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.busbar.ownership.rules.SessionRecord;
import io.busbar.ownership.rules.SessionRequest;
import io.busbar.ownership.rules.SessionRules;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Decides a request in a session's entry; null = less than a majority is here. What ended is kept
 * for a while.
 */
final class SessionProcessor
    implements EntryProcessor<String, byte[], byte[]>,
        IdentifiedDataSerializable,
        HazelcastInstanceAware {
  private static final long serialVersionUID = 1L;

  /** Whoever finds no record of a session waits as long as for one that is not renewed. */
  private static final long KEEP_HOURS = 1;

  private byte[] request;
  private byte[] outcome;
  private transient HazelcastInstance hazelcast;
  private transient SessionProcessor backup;

  SessionProcessor() {}

  SessionProcessor(SessionRequest request) {
    this.request = RequestCodec.bytes(request);
  }

  @Override
  public byte[] process(Map.Entry<String, byte[]> entry) {
    backup = null;
    if (outcome != null) {
      set(entry, OwnerCodec.session(outcome), outcome);
      return null;
    }
    OwnerGuard guard = OwnerGuard.of(hazelcast);
    if (guard == null || guard.refuses(false) != null) {
      return null;
    }
    SessionRecord before = OwnerCodec.session(entry.getValue());
    SessionRecord after = SessionRules.decide(before, RequestCodec.session(request));
    byte[] bytes = OwnerCodec.bytes(after);
    if (after != before) {
      set(entry, after, bytes);
    }
    backup = new SessionProcessor();
    backup.outcome = bytes;
    return bytes;
  }

  private void set(Map.Entry<String, byte[]> entry, SessionRecord after, byte[] bytes) {
    SessionRecord before = OwnerCodec.session(entry.getValue());
    OwnerGuard guard = OwnerGuard.of(hazelcast);
    // A renewal says nothing that counts after a stop.
    boolean news =
        before == null
            || before.ended() != after.ended()
            || before.ttlMillis() != after.ttlMillis();
    if (news && guard != null) {
      guard.keepSession(entry.getKey(), bytes);
    }
    if (after.ended() && entry instanceof ExtendedMapEntry<String, byte[]> extended) {
      extended.setValue(bytes, KEEP_HOURS, TimeUnit.HOURS);
    } else {
      entry.setValue(bytes);
    }
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
    out.writeByteArray(outcome);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    request = in.readByteArray();
    outcome = in.readByteArray();
  }

  @Override
  public int getFactoryId() {
    return OwnerOperations.ID;
  }

  @Override
  public int getClassId() {
    return OwnerOperations.SESSION;
  }
}
