package io.busbar.channel.ring;

import com.hazelcast.internal.nio.IOUtil;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.ringbuffer.impl.RingbufferContainer;
import com.hazelcast.spi.impl.operationservice.BackupAwareOperation;
import com.hazelcast.spi.impl.operationservice.MutatingOperation;
import com.hazelcast.spi.impl.operationservice.Notifier;
import com.hazelcast.spi.impl.operationservice.Operation;
import com.hazelcast.spi.impl.operationservice.WaitNotifyKey;
import java.io.IOException;

/**
 * Compares a ring with what the writer believes it to be, and appends. Done again, it finds its own
 * items and only hands them to the backups again: what was not certain becomes certain.
 */
final class WriteOperation extends RingOperation
    implements BackupAwareOperation, MutatingOperation, Notifier {
  private long tail;
  private long epoch;
  private boolean begin;
  private long head;
  private Data[] items = new Data[0];
  private transient boolean done;
  private transient boolean added;
  private transient long first;
  private transient long[] state;
  private transient RingbufferContainer<Data, Data> ring;

  WriteOperation() {}

  WriteOperation(String name, long tail, long epoch, boolean begin, long head, Data[] items) {
    super(name);
    this.tail = tail;
    this.epoch = epoch;
    this.begin = begin;
    this.head = head;
    this.items = items;
  }

  @Override
  public void run() {
    ring = ring();
    long[] now = state(ring);
    boolean asExpected = now[1] == tail && (tail < 0 || now[2] == epoch);
    first = begin ? 0 : tail + 1;
    if (asExpected) {
      if (begin) {
        WriteBackup.clear(ring);
      }
      if (items.length > 0) {
        ring.addAll(items);
      }
      added = items.length > 0;
      done = true;
    } else {
      done = isWritten(now[1]);
    }
    if (done) {
      WriteBackup.trim(ring, head);
    }
    long[] after = state(ring);
    state = new long[] {done ? 1 : 0, after[0], after[1], after[2]};
  }

  private boolean isWritten(long newest) {
    if (items.length == 0 || newest != first + items.length - 1 || first < ring.headSequence()) {
      return false;
    }
    for (int i = 0; i < items.length; i++) {
      if (!items[i].equals(ring.getRingbuffer().read(first + i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Object getResponse() {
    return state;
  }

  @Override
  public boolean shouldBackup() {
    return done;
  }

  @Override
  public int getSyncBackupCount() {
    return ring.getConfig().getBackupCount();
  }

  @Override
  public int getAsyncBackupCount() {
    return ring.getConfig().getAsyncBackupCount();
  }

  @Override
  public Operation getBackupOperation() {
    return new WriteBackup(name, begin, first, ring.headSequence(), ring.tailSequence(), items);
  }

  @Override
  public boolean shouldNotify() {
    return added;
  }

  @Override
  public WaitNotifyKey getNotifiedKey() {
    return ring.getRingEmptyWaitNotifyKey();
  }

  @Override
  public int getClassId() {
    return RingOperations.WRITE;
  }

  @Override
  protected void writeInternal(ObjectDataOutput out) throws IOException {
    super.writeInternal(out);
    out.writeLong(tail);
    out.writeLong(epoch);
    out.writeBoolean(begin);
    out.writeLong(head);
    write(out, items);
  }

  @Override
  protected void readInternal(ObjectDataInput in) throws IOException {
    super.readInternal(in);
    tail = in.readLong();
    epoch = in.readLong();
    begin = in.readBoolean();
    head = in.readLong();
    items = read(in);
  }

  static void write(ObjectDataOutput out, Data[] items) throws IOException {
    out.writeInt(items.length);
    for (Data item : items) {
      IOUtil.writeData(out, item);
    }
  }

  static Data[] read(ObjectDataInput in) throws IOException {
    Data[] items = new Data[in.readInt()];
    for (int i = 0; i < items.length; i++) {
      items[i] = IOUtil.readData(in);
    }
    return items;
  }
}
