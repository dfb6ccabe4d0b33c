package io.busbar.gateway.node;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was opened while a node started, closed in reverse: after a failed start as well as at the
 * end. Each step has a limit, and one that fails does not keep the others from being closed.
 */
final class Closers {
  private static final Logger LOG = LoggerFactory.getLogger(Closers.class);
  private static final long STEP_SECONDS = 20;

  private record Step(String name, Supplier<Future<?>> close) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  synchronized void add(String name, Supplier<Future<?>> close) {
    steps.push(new Step(name, close));
  }

  /** Something that is closed at once. */
  synchronized void addBlocking(String name, AutoCloseable what) {
    add(
        name,
        () -> {
          try {
            what.close();
            return Future.succeededFuture();
          } catch (Exception e) {
            return Future.failedFuture(e);
          }
        });
  }

  /** Closes everything; blocks, never throws. A second call does nothing. */
  synchronized void close() {
    Step step;
    while ((step = steps.poll()) != null) {
      close(step);
    }
  }

  private static void close(Step step) {
    try {
      step.close()
          .get()
          .toCompletionStage()
          .toCompletableFuture()
          .get(STEP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      LOG.warn("closing {} failed", step.name(), e.getCause());
    } catch (TimeoutException e) {
      LOG.warn("closing {} took longer than {} s, going on", step.name(), STEP_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("interrupted while closing {}", step.name());
    }
  }
}
