package io.busbar.gateway.fn;

import io.busbar.fn.wire.LogRequestMsg;
import io.busbar.fn.wire.LogResponseMsg;
import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** What stands behind a runner's other methods in Fn's system tests. */
final class FnTestHooks {
  private static final int LIMIT = 1 << 20;

  /** Status code of the health check; 200 = well. */
  static final AtomicInteger HEALTH = new AtomicInteger(200);

  /** The last configuration that came. */
  static final CompletableFuture<String> CONFIGURED = new CompletableFuture<>();

  private FnTestHooks() {}

  private static PluginDescriptor loop(String name) {
    return PluginDescriptor.of(name, "part of Fn's system tests").withConcurrency(50).onEventLoop();
  }

  /** The status image: answers what it was asked. */
  public static final class Status implements WorkerPlugin {
    @Override
    public PluginDescriptor descriptor() {
      return loop("fn-status");
    }

    @Override
    public Future<?> serve(PluginCall call) {
      return call.body(LIMIT).compose(call::end);
    }
  }

  /** The health callback. */
  public static final class Health implements WorkerPlugin {
    @Override
    public PluginDescriptor descriptor() {
      return loop("fn-health");
    }

    @Override
    public Future<?> serve(PluginCall call) {
      call.status(HEALTH.get());
      return call.end(new JsonObject().put("custom", "works").toBuffer());
    }
  }

  /** The configuration callback. */
  public static final class Configure implements WorkerPlugin {
    @Override
    public PluginDescriptor descriptor() {
      return loop("fn-configure");
    }

    @Override
    public Future<?> serve(PluginCall call) {
      return call.body(LIMIT)
          .compose(
              body -> {
                CONFIGURED.complete(body.toString());
                return call.end();
              });
    }
  }

  /**
   * The log streamer: one batch for the collector's first word, and the end with the collector's.
   */
  public static final class Logs implements WorkerPlugin {
    @Override
    public PluginDescriptor descriptor() {
      return loop("fn-logs");
    }

    @Override
    public Future<?> serve(PluginCall call) {
      call.request()
          .handler(
              start -> {
                call.response().write(batch());
                call.request().handler(ack -> {});
              });
      call.request().endHandler(end -> call.end());
      call.request().resume();
      return null;
    }

    private static Buffer batch() {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try {
        LogResponseMsg.newBuilder()
            .addData(
                LogResponseMsg.Container.newBuilder()
                    .setApplicationId("app1")
                    .setFunctionId("fun1")
                    .setContainerId("container1")
                    .addData(
                        LogResponseMsg.Container.Request.newBuilder()
                            .setRequestId("101")
                            .addData(
                                LogResponseMsg.Container.Request.Line.newBuilder()
                                    .setSource(LogResponseMsg.Container.Request.Line.Source.STDOUT)
                                    .setTimestamp(1_768_472_423_123L)
                                    .setData(
                                        com.google.protobuf.ByteString.copyFromUtf8("line1")))))
            .build()
            .writeDelimitedTo(out);
      } catch (IOException e) {
        throw new IllegalStateException("memory does not fail", e);
      }
      return Buffer.buffer(out.toByteArray());
    }

    static LogRequestMsg start() {
      return LogRequestMsg.newBuilder()
          .setStart(LogRequestMsg.Start.newBuilder().putConfig("k", "v"))
          .build();
    }
  }
}
