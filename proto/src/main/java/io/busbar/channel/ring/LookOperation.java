package io.busbar.channel.ring;

import com.hazelcast.spi.impl.operationservice.ReadonlyOperation;

/** Asks what a ring holds. */
final class LookOperation extends RingOperation implements ReadonlyOperation {
  private transient long[] state;

  LookOperation() {}

  LookOperation(String name) {
    super(name);
  }

  @Override
  public void run() {
    state = state(ringOrNull());
  }

  @Override
  public Object getResponse() {
    return state;
  }

  @Override
  public int getClassId() {
    return RingOperations.LOOK;
  }
}
