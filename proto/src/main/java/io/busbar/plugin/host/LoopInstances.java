package io.busbar.plugin.host;

import io.busbar.bus.Deadlines;
import io.busbar.bus.Lane;
import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.WorkerPlugin;
import io.busbar.worker.ServedCall;
import io.busbar.worker.WorkerAdapter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** One instance on each lane, on the lane's event loop: calls pass without any hand-over. */
final class LoopInstances implements Instances {
  private final PluginSource source;
  private final HostOptions options;
  private final PluginWatch watch;
  private final Runnable onSuspicion;
  private final List<LoopInstance> instances = new ArrayList<>();

  LoopInstances(
      PluginSource source,
      List<HostLane> lanes,
      Function<HostLane, PluginContext> contexts,
      HostOptions options,
      PluginWatch watch,
      Runnable onSuspicion) {
    this.source = source;
    this.options = options;
    this.watch = watch;
    this.onSuspicion = onSuspicion;
    for (HostLane lane : lanes) {
      instances.add(new LoopInstance(lane.lane(), contexts.apply(lane)));
    }
  }

  @Override
  public Future<Void> start() {
    List<Future<?>> started = new ArrayList<>();
    for (LoopInstance instance : instances) {
      started.add(onLane(instance, instance::start));
    }
    return Future.join(started).mapEmpty();
  }

  private static Future<?> onLane(LoopInstance instance, Supplier<Future<?>> action) {
    Promise<Object> done = Promise.promise();
    instance.lane.context().runOnContext(v -> Attempt.of(action).onComplete(done::handle));
    return done.future();
  }

  @Override
  public WorkerAdapter adapter(HostLane lane) {
    for (LoopInstance instance : instances) {
      if (instance.lane == lane.lane()) {
        return instance;
      }
    }
    throw new IllegalArgumentException("no instance on lane " + lane.lane().endpoint());
  }

  @Override
  public Future<String> health(Runnable onStart) {
    LoopInstance first = instances.get(0);
    Promise<String> answer = Promise.promise();
    first
        .lane
        .context()
        .runOnContext(
            v -> {
              onStart.run();
              first.health().onComplete(answer);
            });
    return answer.future();
  }

  @Override
  public int capacity() {
    return source.descriptor().concurrency();
  }

  @Override
  public Future<Void> drain() {
    List<Future<?>> drained = new ArrayList<>();
    for (LoopInstance instance : instances) {
      drained.add(onLane(instance, () -> instance.plugin.drain()));
    }
    return Future.join(drained).mapEmpty();
  }

  @Override
  public Future<Void> stop() {
    List<Future<?>> stopped = new ArrayList<>();
    for (LoopInstance instance : instances) {
      stopped.add(onLane(instance, instance::stop));
    }
    return Future.join(stopped)
        .recover(
            cause -> {
              watch.note("stop failed", cause);
              return Future.succeededFuture();
            })
        .mapEmpty();
  }

  private final class LoopInstance implements WorkerAdapter {
    final Lane lane;
    private final PluginContext context;
    private final Deadlines deadlines;
    private BusbarPlugin plugin;

    LoopInstance(Lane lane, PluginContext context) {
      this.lane = lane;
      this.deadlines = new Deadlines(lane);
      this.context = context;
    }

    Future<?> start() {
      plugin = source.factory().get();
      return Attempt.of(() -> plugin.start(context))
          .onSuccess(v -> watch.instances.incrementAndGet());
    }

    Future<?> stop() {
      if (plugin == null) {
        return Future.succeededFuture();
      }
      watch.instances.decrementAndGet();
      return Attempt.of(plugin::stop);
    }

    Future<String> health() {
      return Attempt.of(((WorkerPlugin) plugin)::health);
    }

    @Override
    public void serve(ServedCall served) {
      new LoopCall(served).serve();
    }

    /** A call on the loop; its slot stays taken until the plugin has let go of it. */
    private final class LoopCall {
      private final Runnable slot;
      private final ServedCall served;
      private final Serving serving;
      private boolean over;
      private boolean returned;
      private boolean released;
      private boolean stuck;
      private Deadlines.Deadline patience;

      LoopCall(ServedCall served) {
        this.served = served;
        this.slot = served.holdSlot();
        this.serving =
            new Serving(
                (WorkerPlugin) plugin, served, lane.context(), watch, this::over, onSuspicion);
      }

      void serve() {
        watch.running.increment();
        serving.run(
            () -> {
              returned = true;
              settle();
            });
      }

      private void over() {
        over = true;
        settle();
      }

      private void settle() {
        if (over && returned) {
          if (patience != null) {
            patience.cancel();
          }
          if (stuck) {
            watch.returned(served.offer().id().toString());
          }
          release();
        } else if (over && patience == null) {
          patience = deadlines.in(options.stuckAfterMillis(), this::stuck);
        }
      }

      /** Its future never completes; nothing runs, so only the slot is to be had back. */
      private void stuck() {
        stuck = true;
        watch.stuck(served.offer().id().toString(), new StackTraceElement[0]);
        onSuspicion.run();
        release();
      }

      private void release() {
        if (!released) {
          released = true;
          watch.running.decrement();
          slot.run();
        }
      }
    }
  }
}
