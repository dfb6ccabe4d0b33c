package io.busbar.worker;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.Lane;
import io.busbar.worker.impl.LanePort;
import io.vertx.core.Context;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;

/** Opens the worker side of the call primitive on a lane. */
public final class WorkerPorts {

  /** Once per lane, on its context. Announces on {@link Addresses#WORKERS}. */
  public static WorkerPort open(Lane lane) {
    Context context = lane.context();
    EventBus bus = context.owner().eventBus();
    DeliveryOptions options = BusCodec.options();
    return new LanePort(
        lane,
        change -> bus.publish(Addresses.WORKERS, change, options),
        task -> context.runOnContext(nothing -> task.run()));
  }

  private WorkerPorts() {}
}
