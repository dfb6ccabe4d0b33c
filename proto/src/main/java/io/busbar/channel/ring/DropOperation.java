package io.busbar.channel.ring;

import com.hazelcast.internal.serialization.Data;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.ringbuffer.impl.RingbufferContainer;
import com.hazelcast.ringbuffer.impl.RingbufferService;
import com.hazelcast.spi.impl.operationservice.BackupAwareOperation;
import com.hazelcast.spi.impl.operationservice.MutatingOperation;
import com.hazelcast.spi.impl.operationservice.Operation;
import java.io.IOException;

/** Forgets a ring that is still what is expected. */
final class DropOperation extends RingOperation implements BackupAwareOperation, MutatingOperation {
  private long tail;
  private long epoch;
  private transient boolean done;
  private transient int backups;
  private transient long[] state;

  DropOperation() {}

  DropOperation(String name, long tail, long epoch) {
    super(name);
    this.tail = tail;
    this.epoch = epoch;
  }

  @Override
  public void run() {
    RingbufferContainer<Data, Data> ring = ringOrNull();
    long[] now = state(ring);
    done = now[1] < 0 || (now[1] == tail && now[2] == epoch);
    if (done && ring != null) {
      backups = ring.getConfig().getBackupCount();
      RingbufferService service = getService();
      service.destroyContainer(getPartitionId(), namespace());
    }
    state = new long[] {done ? 1 : 0, now[0], now[1], now[2]};
  }

  @Override
  public Object getResponse() {
    return state;
  }

  @Override
  public boolean shouldBackup() {
    return done && backups > 0;
  }

  @Override
  public int getSyncBackupCount() {
    return backups;
  }

  @Override
  public int getAsyncBackupCount() {
    return 0;
  }

  @Override
  public Operation getBackupOperation() {
    return new DropBackup(name);
  }

  @Override
  public int getClassId() {
    return RingOperations.DROP;
  }

  @Override
  protected void writeInternal(ObjectDataOutput out) throws IOException {
    super.writeInternal(out);
    out.writeLong(tail);
    out.writeLong(epoch);
  }

  @Override
  protected void readInternal(ObjectDataInput in) throws IOException {
    super.readInternal(in);
    tail = in.readLong();
    epoch = in.readLong();
  }
}
