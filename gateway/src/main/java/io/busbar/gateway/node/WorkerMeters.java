package io.busbar.gateway.node;

import io.busbar.worker.WorkerPort;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;

/** Meters of the workers' side of the call primitive, summed over the lanes of a node. */
final class WorkerMeters {
  private final List<WorkerPort> ports = new CopyOnWriteArrayList<>();

  WorkerMeters(MeterRegistry meters) {
    gauge(
        meters,
        "busbar.worker.ended.remembered",
        "Attempts that are over and remembered, against late offers",
        WorkerPort.Memory::ended);
    count(
        meters,
        "busbar.worker.ended.forgotten",
        "Attempts forgotten before their time, since there were too many",
        WorkerPort.Memory::endedForgotten);
    gauge(
        meters,
        "busbar.worker.wakes",
        "Lanes that want to hear of a free slot",
        WorkerPort.Memory::wakes);
    count(
        meters,
        "busbar.worker.wakes.left.out",
        "Lanes that were not remembered for a free slot, since there were too many",
        WorkerPort.Memory::wakesLeftOut);
  }

  void add(WorkerPort port) {
    ports.add(port);
  }

  private WorkerPort.Memory sum() {
    return ports.stream()
        .map(WorkerPort::memory)
        .reduce(new WorkerPort.Memory(0, 0, 0, 0), WorkerPort.Memory::plus);
  }

  private void gauge(
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<WorkerPort.Memory> value) {
    Gauge.builder(name, this, self -> value.applyAsDouble(self.sum()))
        .description(description)
        .register(meters);
  }

  private void count(
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<WorkerPort.Memory> value) {
    FunctionCounter.builder(name, this, self -> value.applyAsDouble(self.sum()))
        .description(description)
        .register(meters);
  }
}
