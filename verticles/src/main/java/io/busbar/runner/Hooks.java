package io.busbar.runner;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.RequestHead;
import io.busbar.call.Call;
import io.busbar.call.CallRequest;
import io.busbar.fn.wire.ConfigMsg;
import io.busbar.fn.wire.ConfigStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ConfigureRunner and StreamLogs as calls to a pool each, so that whatever can be a worker can
 * implement them, on any node. ConfigureRunner: the map as a JSON object, to every worker of its
 * pool. StreamLogs: both bodies are varint-delimited protobuf messages, LogRequestMsg in and
 * LogResponseMsg out.
 */
final class Hooks {
  static final String DELIMITED = "application/x-protobuf; delimited=true";

  private static final Logger log = LoggerFactory.getLogger(Hooks.class);

  private final RunnerLane lane;

  Hooks(RunnerLane lane) {
    this.lane = lane;
  }

  Future<ConfigStatus> configure(ConfigMsg message) {
    String pool = lane.options.configureHook();
    if (pool.isEmpty()) {
      log.info("runner: ConfigureRunner with {} keys and no hook", message.getConfigCount());
      return Future.succeededFuture(ConfigStatus.getDefaultInstance());
    }
    byte[] body = StructJson.of(message.getConfigMap()).getBytes(StandardCharsets.UTF_8);
    CallRequest request =
        CallRequest.to(pool, head("ConfigureRunner", "application/json", body.length));
    return new ConfigureBroadcast(lane.calls, request, Buffer.buffer(body))
        .run(lane.workers.apply(pool))
        .map(ConfigStatus.getDefaultInstance());
  }

  Call openLogs() {
    return lane.calls.open(
        CallRequest.to(lane.options.logsHook(), head("StreamLogs", DELIMITED, -1))
            .withTimeout(LogsStream.LONGEST_MILLIS));
  }

  private static RequestHead head(String method, String type, long length) {
    return RequestHead.newBuilder()
        .setOrigin("fn")
        .setMethod("POST")
        .setUri("/RunnerProtocol/" + method)
        .addHeaders(Header.newBuilder().setName("Content-Type").setValue(type))
        .setContentLength(length)
        .build();
  }
}
