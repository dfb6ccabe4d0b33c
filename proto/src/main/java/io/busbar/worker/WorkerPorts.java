package io.busbar.worker;

import io.busbar.bus.Addresses;
import io.busbar.bus.Lane;
import io.busbar.worker.impl.LanePort;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;

/** Opens the worker side of the call primitive on a lane. */
public final class WorkerPorts {

  /** Once per lane, on its context. Announces on {@link Addresses#WORKERS}. */
  public static WorkerPort open(Lane lane) {
    EventBus bus = lane.context().owner().eventBus();
    DeliveryOptions options = new DeliveryOptions().setCodecName(CODEC);
    return new LanePort(lane, change -> bus.publish(Addresses.WORKERS, change, options));
  }

  private static final String CODEC = "busbar.v1";

  private WorkerPorts() {}
}
