package io.busbar.channel.ring;

import com.hazelcast.internal.serialization.Data;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.ringbuffer.impl.RingbufferContainer;
import com.hazelcast.spi.impl.operationservice.BackupOperation;
import java.io.IOException;

/**
 * Does at a backup what {@link WriteOperation} did at the owner. A backup that is behind stays as
 * it is: it must not look complete before it is, and gets the whole ring from the owner.
 */
final class WriteBackup extends RingOperation implements BackupOperation {
  private boolean begin;
  private long first;
  private long head;
  private long tail;
  private Data[] items = new Data[0];

  WriteBackup() {}

  WriteBackup(String name, boolean begin, long first, long head, long tail, Data[] items) {
    super(name);
    this.begin = begin;
    this.first = first;
    this.head = head;
    this.tail = tail;
    this.items = items;
  }

  @Override
  public void run() {
    RingbufferContainer<Data, Data> ring = ring();
    if (!begin && ring.tailSequence() < first - 1) {
      return;
    }
    if (begin && !holds(ring, items[0])) {
      clear(ring);
    }
    for (int i = 0; i < items.length; i++) {
      ring.set(first + i, items[i]);
    }
    forgetAbove(ring, tail);
    trim(ring, head);
  }

  /** What an owner before wrote here only was never confirmed. */
  private static void forgetAbove(RingbufferContainer<Data, Data> ring, long newest) {
    for (long at = newest + 1; at <= ring.tailSequence(); at++) {
      ring.getRingbuffer().set(at, null);
    }
    ring.setTailSequence(newest);
  }

  private static boolean holds(RingbufferContainer<Data, Data> ring, Data item) {
    return ring.tailSequence() >= 0
        && ring.headSequence() == 0
        && item.equals(ring.getRingbuffer().read(0));
  }

  static void clear(RingbufferContainer<Data, Data> ring) {
    ring.clear();
    ring.setHeadSequence(0);
  }

  /** Drops what is below; the newest item always stays. */
  static void trim(RingbufferContainer<Data, Data> ring, long head) {
    long to = Math.min(head, ring.tailSequence());
    long from = ring.headSequence();
    if (to <= from) {
      return;
    }
    for (long at = Math.max(from, to - ring.getCapacity()); at < to; at++) {
      ring.getRingbuffer().set(at, null);
    }
    ring.setHeadSequence(to);
  }

  @Override
  public int getClassId() {
    return RingOperations.WRITE_BACKUP;
  }

  @Override
  protected void writeInternal(ObjectDataOutput out) throws IOException {
    super.writeInternal(out);
    out.writeBoolean(begin);
    out.writeLong(first);
    out.writeLong(head);
    out.writeLong(tail);
    WriteOperation.write(out, items);
  }

  @Override
  protected void readInternal(ObjectDataInput in) throws IOException {
    super.readInternal(in);
    begin = in.readBoolean();
    first = in.readLong();
    head = in.readLong();
    tail = in.readLong();
    items = WriteOperation.read(in);
  }
}
