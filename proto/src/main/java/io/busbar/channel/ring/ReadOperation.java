package io.busbar.channel.ring;

import com.hazelcast.internal.services.ObjectNamespace;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.ringbuffer.StaleSequenceException;
import com.hazelcast.ringbuffer.impl.RingbufferService;
import com.hazelcast.ringbuffer.impl.operations.ReadManyOperation;
import java.io.IOException;

/**
 * Waits for the next items of one epoch. Hazelcast's own operation would go on waiting when the
 * ring begins anew: whoever did not hear of the new epoch otherwise would not learn of it before
 * its first frame.
 */
final class ReadOperation extends ReadManyOperation<Object> {
  private long epoch;

  ReadOperation() {}

  ReadOperation(String name, long epoch, long from, int max) {
    super(name, from, 1, max, null);
    this.epoch = epoch;
  }

  private long present() {
    RingbufferService service = getService();
    ObjectNamespace namespace = RingbufferService.getRingbufferNamespace(name);
    return RingOperation.state(service.getContainerOrNull(getPartitionId(), namespace))[2];
  }

  /** Also before it runs after a wait. */
  @Override
  public void beforeRun() {
    long present = present();
    if (present != epoch) {
      throw new StaleSequenceException("epoch " + present + " is there, not " + epoch, 0);
    }
    super.beforeRun();
  }

  @Override
  public boolean shouldWait() {
    return present() == epoch && super.shouldWait();
  }

  @Override
  public int getFactoryId() {
    return RingOperations.ID;
  }

  @Override
  public int getClassId() {
    return RingOperations.READ;
  }

  @Override
  protected void writeInternal(ObjectDataOutput out) throws IOException {
    super.writeInternal(out);
    out.writeLong(epoch);
  }

  @Override
  protected void readInternal(ObjectDataInput in) throws IOException {
    super.readInternal(in);
    epoch = in.readLong();
  }
}
