package io.busbar.plugin.host;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.plugin.PluginContext;
import io.busbar.worker.ServedCall;
import io.busbar.worker.WorkerAdapter;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * Instances on threads of their own, each serving one call at a time. An instance that goes on with
 * a call that is over is given up after a while and replaced, as long as not too many threads are
 * lost that way; when it returns after all it is stopped.
 */
final class ThreadInstances implements Instances {
  /** More threads than this are a sign that the plugin belongs on the event loop. */
  static final int MAX_THREADS = 1024;

  private final Vertx vertx;
  private final PluginSource source;
  private final List<HostLane> lanes;
  private final BiFunction<HostLane, Context, PluginContext> contexts;
  private final HostOptions options;
  private final PluginWatch watch;
  private final Runnable onSuspicion;
  private final int capacity;

  /** Never more than the capacity: one entry per instance that serves nothing. */
  private final ConcurrentLinkedDeque<ThreadInstance> idle = new ConcurrentLinkedDeque<>();

  /** Those that were not given up. */
  private final Set<ThreadInstance> all = ConcurrentHashMap.newKeySet();

  private final AtomicInteger givenUp = new AtomicInteger();
  private final AtomicInteger made = new AtomicInteger();
  private volatile ThreadInstance suspected;
  private volatile boolean stopping;

  ThreadInstances(
      Vertx vertx,
      PluginSource source,
      List<HostLane> lanes,
      BiFunction<HostLane, Context, PluginContext> contexts,
      HostOptions options,
      PluginWatch watch,
      Runnable onSuspicion) {
    this.vertx = vertx;
    this.source = source;
    this.lanes = lanes;
    this.contexts = contexts;
    this.options = options;
    this.watch = watch;
    this.onSuspicion = onSuspicion;
    this.capacity = !source.worker() || source.single() ? 1 : source.descriptor().concurrency();
    if (capacity > MAX_THREADS) {
      throw new IllegalArgumentException(
          "plugin '"
              + source.descriptor().name()
              + "': concurrency "
              + capacity
              + " needs a thread each, expected at most "
              + MAX_THREADS
              + " without eventLoop");
    }
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public Future<Void> start() {
    List<Future<?>> started = new ArrayList<>();
    for (int i = 0; i < capacity; i++) {
      started.add(deploy().onSuccess(idle::add));
    }
    return Future.join(started).mapEmpty();
  }

  private Future<ThreadInstance> deploy() {
    int number = made.getAndIncrement();
    HostLane lane = lanes.get(number % lanes.size());
    ThreadInstance instance =
        new ThreadInstance(source, context -> contexts.apply(lane, context), watch);
    DeploymentOptions how =
        new DeploymentOptions()
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName("plugin-" + source.descriptor().name())
            .setWorkerPoolSize(capacity + options.maxStuck())
            // Instances that take too long are this host's business, not a warning each second.
            .setMaxWorkerExecuteTime(1)
            .setMaxWorkerExecuteTimeUnit(TimeUnit.DAYS)
            .setClassLoader(source.loader());
    return vertx
        .deployVerticle(instance, how)
        .map(
            id -> {
              all.add(instance.deployed(id));
              if (stopping) {
                // It started after everybody had given up on it.
                instance.undeploy(vertx).onFailure(cause -> watch.note("stop failed", cause));
              }
              return instance;
            });
  }

  @Override
  public WorkerAdapter adapter(HostLane lane) {
    return served -> serve(lane, served);
  }

  private void serve(HostLane lane, ServedCall served) {
    ThreadInstance instance = idle.pollFirst();
    if (instance == null) {
      served.fail(Failure.of(FailureCode.BUSY, "no instance of the plugin is free"));
      return;
    }
    new ThreadCall(this, instance, lane.lane(), served).start();
  }

  PluginWatch watch() {
    return watch;
  }

  HostOptions options() {
    return options;
  }

  /** Something went wrong in that instance. */
  void suspect(ThreadInstance instance) {
    suspected = instance;
    onSuspicion.run();
  }

  /** The instance is done with its call. */
  void giveBack(ThreadInstance instance) {
    if (!stopping) {
      idle.addFirst(instance);
    }
  }

  /**
   * Starts another instance in place of one that does not return. Fails when too many were given up
   * already, or when the new one does not start; the old one then still counts.
   */
  Future<Void> replace(ThreadInstance lost) {
    lost.lost();
    if (stopping || source.single()) {
      return Future.failedFuture(new IllegalStateException("there is only this instance"));
    }
    if (givenUp.incrementAndGet() > options.maxStuck()) {
      givenUp.decrementAndGet();
      return Future.failedFuture(
          new IllegalStateException(options.maxStuck() + " instances are stuck already"));
    }
    return deploy()
        .onSuccess(
            fresh -> {
              all.remove(lost);
              watch.instances.decrementAndGet();
              watch.replaced.increment();
              idle.addLast(fresh);
            })
        .onFailure(cause -> givenUp.decrementAndGet())
        .mapEmpty();
  }

  /** An instance that was replaced has returned: nobody needs it any more. */
  void returnedLate(ThreadInstance lost) {
    givenUp.decrementAndGet();
    // Counted out when it was replaced.
    watch.instances.incrementAndGet();
    lost.undeploy(vertx).onFailure(cause -> watch.note("stop failed", cause));
  }

  @Override
  public Future<String> health(Runnable onStart) {
    ThreadInstance any = idle.peekFirst();
    if (any == null) {
      any = suspected;
    }
    return any == null ? Future.succeededFuture() : any.health(onStart);
  }

  @Override
  public Future<Void> drain() {
    List<Future<?>> drained = new ArrayList<>();
    all.forEach(instance -> drained.add(instance.drain()));
    return Future.join(drained).mapEmpty();
  }

  @Override
  public Future<Void> stop() {
    stopping = true;
    idle.clear();
    List<Future<?>> stopped = new ArrayList<>();
    all.forEach(instance -> stopped.add(instance.undeploy(vertx)));
    if (stopped.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    long timer =
        vertx.setTimer(
            options.stopMillis(),
            fired -> {
              if (done.tryComplete()) {
                watch.note("did not stop in " + options.stopMillis() + " ms");
              }
            });
    Future.join(stopped)
        .onComplete(
            all -> {
              vertx.cancelTimer(timer);
              if (all.failed()) {
                watch.note("stop failed", all.cause());
              }
              done.tryComplete();
            });
    return done.future();
  }
}
