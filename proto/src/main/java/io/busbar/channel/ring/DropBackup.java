package io.busbar.channel.ring;

import com.hazelcast.ringbuffer.impl.RingbufferService;
import com.hazelcast.spi.impl.operationservice.BackupOperation;

/** Forgets a backup of a ring. */
final class DropBackup extends RingOperation implements BackupOperation {
  DropBackup() {}

  DropBackup(String name) {
    super(name);
  }

  @Override
  public void run() {
    RingbufferService service = getService();
    service.destroyContainer(getPartitionId(), namespace());
  }

  @Override
  public int getClassId() {
    return RingOperations.DROP_BACKUP;
  }
}
