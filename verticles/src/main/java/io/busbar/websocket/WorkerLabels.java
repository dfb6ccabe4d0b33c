package io.busbar.websocket;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.edge.MessageSocket;
import io.busbar.failure.Failure;
import io.busbar.juniper.Registration;
import java.util.List;

/** What is shown of a worker. */
final class WorkerLabels {
  /** Keys of the capabilities that a stock worker sends; others are not shown. */
  private static final List<String> SHOWN =
      List.of(
          "cpu_cores", "gpu", "gpu_name", "python_version", "torch_version", "numpy_version", "os");

  private static final int MAX_VALUE = 64;

  private WorkerLabels() {}

  static WorkerInfo info(String pool, String id, Registration registration, MessageSocket socket) {
    WorkerInfo.Builder info =
        WorkerInfo.newBuilder()
            .setWorkerId(id)
            .setHost(socket.remoteHost())
            .setPort(socket.remotePort())
            .setAddress(socket.remoteHost() + ":" + socket.remotePort())
            .setCapacity(1)
            .setProtocol("stream")
            .setProtocolName("juniper")
            .setEngineName("juniper-cascor")
            .setAdapterName("websocket")
            .setPool(pool)
            .putLabels("client_name", registration.clientName());
    for (String key : SHOWN) {
      Object value = registration.capabilities().get(key);
      if (value instanceof String || value instanceof Number || value instanceof Boolean) {
        info.putLabels(key, printable(String.valueOf(value)));
      }
    }
    return info.build();
  }

  private static String printable(String value) {
    return Failure.shorten(value, MAX_VALUE).replaceAll("\\p{Cntrl}", "?");
  }
}
