package io.busbar.ownership.map;

import com.hazelcast.map.EntryProcessor;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides one request in several entries of one partition. Like {@link DecideProcessor} it gives
 * the copies what came out. One object per partition: it remembers the outcomes.
 */
final class DecideManyProcessor extends DecidingProcessor {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, byte[]> outcomes = new HashMap<>();

  DecideManyProcessor() {
    super(null);
  }

  DecideManyProcessor(byte[] request) {
    super(request);
  }

  @Override
  void decided(String key, Deciding.Outcome outcome) {
    if (outcome.agreed()) {
      outcomes.put(key, outcome.record());
    } else {
      outcomes.remove(key);
    }
  }

  @Override
  public EntryProcessor<String, byte[], byte[]> getBackupProcessor() {
    return outcomes.isEmpty() ? null : new ApplyManyProcessor(outcomes);
  }

  @Override
  public int getClassId() {
    return OwnerOperations.DECIDE_MANY;
  }
}
