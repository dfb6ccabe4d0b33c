package io.busbar.plugin.host;

import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.Calls;
import io.busbar.channel.Channels;
import io.busbar.command.Commands;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Ownership;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerPort.Attachment;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs one plugin on one node: its instances, and the worker that the cluster sees. Methods may be
 * called from any thread.
 */
public final class PluginHost {
  private final PluginSource source;
  private final List<HostLane> lanes;
  private final PluginWatch watch;
  private final PluginCounters counters = new PluginCounters();
  private final Instances instances;
  private final HealthWatch health;
  private final Slots slots;
  private final List<Attached> attachments = new ArrayList<>();
  private final Promise<Void> stopped = Promise.promise();

  private PluginHost(
      Vertx vertx,
      PluginSource source,
      JsonObject config,
      List<HostLane> lanes,
      HostOptions options) {
    this.source = source;
    this.lanes = List.copyOf(lanes);
    this.watch = new PluginWatch(source.descriptor().name());
    if (source.descriptor().eventLoop()) {
      this.instances =
          new LoopInstances(
              source,
              this.lanes,
              lane -> InstanceContext.onLane(vertx, lane, config, counters),
              options,
              watch,
              this::suspect);
    } else {
      this.instances =
          new ThreadInstances(
              vertx,
              source,
              this.lanes,
              (lane, context) -> InstanceContext.elsewhere(vertx, context, lane, config, counters),
              options,
              watch,
              this::suspect);
    }
    this.health = new HealthWatch(home().lane(), instances::health, this::healthChanged, options);
    this.slots = new Slots(instances.capacity());
  }

  /**
   * Starts the instances, then attaches the worker, if the plugin is one, on each lane. Fails with
   * WORKER_FAILED naming the plugin when an instance does not start, with CONFLICT when the worker
   * is attached already; nothing is left running then.
   *
   * @param config the plugin's own block
   * @param lanes of this node, at least one; the first is the worker's home
   */
  public static Future<PluginHost> start(
      Vertx vertx,
      PluginSource source,
      JsonObject config,
      List<HostLane> lanes,
      HostOptions options) {
    PluginHost host = new PluginHost(vertx, source, config, lanes, options);
    return within(vertx, options.startMillis(), host.instances.start())
        .recover(cause -> Future.failedFuture(host.startFailure(cause).toException()))
        .compose(v -> host.attach())
        .map(host)
        .recover(cause -> host.stop().transform(v -> Future.failedFuture(cause)));
  }

  private static Future<Void> within(Vertx vertx, long millis, Future<Void> started) {
    Promise<Void> done = Promise.promise();
    long timer =
        vertx.setTimer(
            millis,
            fired ->
                done.tryFail(new TimeoutException("start did not complete in " + millis + " ms")));
    started.onComplete(
        result -> {
          vertx.cancelTimer(timer);
          if (result.succeeded()) {
            done.tryComplete();
          } else {
            done.tryFail(result.cause());
          }
        });
    return done.future();
  }

  private Failure startFailure(Throwable cause) {
    return Failure.of(
        FailureCode.WORKER_FAILED,
        "plugin '"
            + source.descriptor().name()
            + "' of "
            + source.origin()
            + " did not start: "
            + WorkerFailures.text(cause));
  }

  private HostLane home() {
    return lanes.get(0);
  }

  private Future<Void> attach() {
    if (!source.worker()) {
      return Future.succeededFuture();
    }
    WorkerInfo info = info();
    List<Future<?>> attached = new ArrayList<>();
    for (HostLane lane : lanes) {
      attached.add(
          on(
              lane,
              () -> {
                Attachment attachment = lane.port().attach(info, slots, instances.adapter(lane));
                synchronized (attachments) {
                  attachments.add(new Attached(lane, attachment));
                }
                return Future.succeededFuture();
              }));
    }
    return Future.join(attached).mapEmpty();
  }

  private WorkerInfo info() {
    PluginDescriptor descriptor = source.descriptor();
    String node = home().lane().node().name();
    return WorkerInfo.newBuilder()
        .setWorkerId(descriptor.name() + "@" + node)
        .setHost(node)
        .setAddress("plugin:" + descriptor.name())
        .setCapacity(slots.capacity())
        .setProtocol("custom")
        .setProtocolName("plugin")
        .setEngineName("jvm")
        .setAdapterName("plugin")
        .setPool(descriptor.name())
        .putLabels("plugin", descriptor.name())
        .putLabels("threads", descriptor.eventLoop() ? "event-loop" : "own")
        .setLane(home().lane().endpoint().lane())
        .setEveryLane(true)
        .setIncarnation(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE))
        .build();
  }

  private static <T> Future<T> on(HostLane lane, Supplier<Future<T>> action) {
    Promise<T> done = Promise.promise();
    lane.lane().context().runOnContext(v -> Attempt.of(action).onComplete(done));
    return done.future();
  }

  private Future<Void> onEachAttachment(Function<Attachment, Future<?>> action) {
    List<Attached> now;
    synchronized (attachments) {
      now = List.copyOf(attachments);
    }
    List<Future<?>> done = new ArrayList<>();
    for (Attached one : now) {
      done.add(on(one.lane(), () -> action.apply(one.attachment()).mapEmpty()));
    }
    return Future.join(done).mapEmpty();
  }

  private void suspect() {
    if (source.worker()) {
      health.suspect();
    }
  }

  private void healthChanged(String reason) {
    watch.note(reason == null ? "well again" : "unwell: " + reason);
    onEachAttachment(
            attachment -> {
              attachment.unhealthy(reason);
              return Future.succeededFuture();
            })
        .onFailure(cause -> watch.note("health was not told", cause));
  }

  public PluginDescriptor descriptor() {
    return source.descriptor();
  }

  /** Where the plugin came from, for people. */
  public String origin() {
    return source.origin();
  }

  /** What the plugin counts itself. */
  public PluginCounters counters() {
    return counters;
  }

  public PluginStats stats() {
    return watch.stats();
  }

  /**
   * Takes no new calls, and has the plugin hand over what it owns; completes when it has let go of
   * all it has, or is stopped.
   */
  public Future<Void> drain() {
    return onEachAttachment(
            attachment -> {
              attachment.drain();
              return Future.succeededFuture();
            })
        .compose(
            v -> {
              Future<Void> handedOver =
                  instances
                      .drain()
                      .recover(
                          cause -> {
                            watch.note("drain failed", cause);
                            return Future.succeededFuture();
                          });
              Future<?> idle = Future.join(slots.whenIdle(), handedOver);
              return Future.any(idle, stopped.future()).mapEmpty();
            });
  }

  /** Ends: running calls with WORKER_LOST, then the instances. */
  public Future<Void> stop() {
    return stop(Failure.of(FailureCode.WORKER_LOST, "the worker is gone"));
  }

  /** Ends: running calls with this reason, then the instances. */
  public Future<Void> stop(Failure reason) {
    stopped.tryComplete();
    home().lane().context().runOnContext(v -> health.stop());
    return onEachAttachment(attachment -> attachment.detach(reason))
        .recover(
            cause -> {
              watch.note("detach failed", cause);
              return Future.succeededFuture();
            })
        .compose(v -> instances.stop());
  }

  private record Attached(HostLane lane, Attachment attachment) {}

  private record InstanceContext(
      Vertx vertx,
      Context context,
      HostLane lane,
      JsonObject config,
      Calls calls,
      Channels channels,
      Commands commands,
      Ownership ownership,
      PluginCounters counters)
      implements PluginContext {
    static InstanceContext onLane(
        Vertx vertx, HostLane lane, JsonObject config, PluginCounters counters) {
      return new InstanceContext(
          vertx,
          lane.lane().context(),
          lane,
          config,
          lane.calls(),
          lane.channels(),
          lane.commands(),
          lane.ownership(),
          counters);
    }

    static InstanceContext elsewhere(
        Vertx vertx, Context context, HostLane lane, JsonObject config, PluginCounters counters) {
      return new InstanceContext(
          vertx,
          context,
          lane,
          config,
          new BorrowedCalls(lane, context),
          new BorrowedChannels(lane, context),
          new BorrowedCommands(lane, context),
          new BorrowedOwnership(lane, context),
          counters);
    }

    @Override
    public LongAdder counter(String name, String description) {
      return counters.counter(name, description);
    }

    @Override
    public NodeIdentity node() {
      return lane.lane().node();
    }
  }
}
