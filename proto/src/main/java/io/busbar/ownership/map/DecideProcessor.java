package io.busbar.ownership.map;

import com.hazelcast.map.EntryProcessor;
import io.busbar.ownership.rules.OwnerRequest;

/**
 * Decides a request in its entry. The backups get the outcome, not the request, also when nothing
 * changed: an answer "it is yours" then proves that the copies agree.
 */
final class DecideProcessor extends DecidingProcessor {
  private static final long serialVersionUID = 1L;

  private transient ApplyProcessor backup;

  DecideProcessor() {
    super(null);
  }

  DecideProcessor(OwnerRequest request) {
    super(RequestCodec.bytes(request));
  }

  @Override
  void decided(String key, Deciding.Outcome outcome) {
    backup = outcome.agreed() ? new ApplyProcessor(outcome.record()) : null;
  }

  @Override
  public EntryProcessor<String, byte[], byte[]> getBackupProcessor() {
    return backup;
  }

  @Override
  public int getClassId() {
    return OwnerOperations.DECIDE;
  }
}
