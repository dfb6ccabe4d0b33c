package io.busbar.plugin.host;

import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * One instance of a plugin on a thread of its own: a worker-threaded context whose tasks run one
 * after another.
 */
final class ThreadInstance extends VerticleBase {
  private final PluginSource source;
  private final Function<Context, PluginContext> contexts;
  private final PluginWatch watch;

  private BusbarPlugin plugin;
  private String deploymentId;
  private final AtomicBoolean undeploying = new AtomicBoolean();

  private final Object threadLock = new Object();
  private Thread thread;
  private final AtomicReference<Promise<String>> question = new AtomicReference<>();

  ThreadInstance(
      PluginSource source, Function<Context, PluginContext> contexts, PluginWatch watch) {
    this.source = source;
    this.contexts = contexts;
    this.watch = watch;
  }

  @Override
  public Future<?> start() {
    plugin = source.factory().get();
    return Attempt.of(() -> plugin.start(contexts.apply(context)))
        .onSuccess(v -> watch.instances.incrementAndGet());
  }

  @Override
  public Future<?> stop() {
    watch.instances.decrementAndGet();
    return Attempt.of(plugin::stop);
  }

  /** Lets the plugin hand over what it owns, after what it does now. */
  Future<Void> drain() {
    Promise<Void> drained = Promise.promise();
    run(() -> Attempt.of(plugin::drain).<Void>mapEmpty().onComplete(drained));
    return drained.future();
  }

  ThreadInstance deployed(String id) {
    deploymentId = id;
    return this;
  }

  /** Stops it after what it does now; once. */
  Future<Void> undeploy(Vertx from) {
    return undeploying.compareAndSet(false, true)
        ? from.undeploy(deploymentId)
        : Future.succeededFuture();
  }

  ContextInternal context() {
    return (ContextInternal) context;
  }

  WorkerPlugin worker() {
    return (WorkerPlugin) plugin;
  }

  /** Runs the plugin's code on the instance's thread, which can be seen meanwhile. Any thread. */
  void run(Runnable code) {
    context.runOnContext(
        v -> {
          synchronized (threadLock) {
            thread = Thread.currentThread();
          }
          try {
            code.run();
          } finally {
            synchronized (threadLock) {
              thread = null;
              // An interrupt meant for the plugin must not reach the next task of this thread.
              Thread.interrupted();
            }
          }
        });
  }

  /** Where it is now; empty when its thread is not in the plugin. Any thread. */
  StackTraceElement[] stack() {
    synchronized (threadLock) {
      return thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    }
  }

  /** Wakes a thread that waits inside the plugin. Any thread. */
  private void interrupt() {
    synchronized (threadLock) {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  /**
   * Asks the plugin how it is, after what it does now.
   *
   * @param onStart run, on any thread, when it is asked
   */
  Future<String> health(Runnable onStart) {
    Promise<String> answer = Promise.promise();
    question.set(answer);
    run(
        () -> {
          onStart.run();
          Attempt.<String>of(worker()::health)
              .onComplete(
                  done -> {
                    if (done.succeeded()) {
                      answer.tryComplete(done.result());
                    } else {
                      answer.tryFail(done.cause());
                    }
                  });
        });
    return answer.future();
  }

  /** Given up: a question that still waits for it is answered. Any thread. */
  void lost() {
    interrupt();
    Promise<String> waiting = question.getAndSet(null);
    if (waiting != null) {
      waiting.tryFail(new IllegalStateException("the instance is stuck"));
    }
  }
}
