package io.busbar.channel.ring;

import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.services.ObjectNamespace;
import com.hazelcast.ringbuffer.impl.RingbufferContainer;
import com.hazelcast.ringbuffer.impl.RingbufferService;
import com.hazelcast.ringbuffer.impl.operations.AbstractRingBufferOperation;
import java.nio.ByteBuffer;

/** What operations on a ring have in common. Runs on the thread of the ring's partition. */
abstract class RingOperation extends AbstractRingBufferOperation {
  /** Bytes before the content of a byte array in Hazelcast's form: hash, type, length. */
  private static final int DATA_HEAD = 12;

  RingOperation() {}

  RingOperation(String name) {
    super(name);
  }

  ObjectNamespace namespace() {
    return RingbufferService.getRingbufferNamespace(name);
  }

  /** Null = there is none. */
  RingbufferContainer<Data, Data> ringOrNull() {
    RingbufferService service = getService();
    return service.getContainerOrNull(getPartitionId(), namespace());
  }

  RingbufferContainer<Data, Data> ring() {
    RingbufferService service = getService();
    return service.getOrCreateContainer(
        getPartitionId(), namespace(), service.getRingbufferConfig(name));
  }

  static long[] state(RingbufferContainer<Data, Data> ring) {
    if (ring == null || ring.tailSequence() < 0) {
      return new long[] {0, -1, 0};
    }
    long tail = ring.tailSequence();
    return new long[] {ring.headSequence(), tail, epoch(ring.getRingbuffer().read(tail))};
  }

  static long epoch(Data item) {
    if (item == null) {
      return 0;
    }
    byte[] bytes = item.toByteArray();
    return bytes.length < DATA_HEAD + Long.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong(DATA_HEAD);
  }

  @Override
  public int getFactoryId() {
    return RingOperations.ID;
  }
}
