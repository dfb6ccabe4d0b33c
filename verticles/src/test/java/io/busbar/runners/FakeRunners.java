package io.busbar.runners;

import io.busbar.fn.wire.RunnerStatus;
import io.busbar.fnclient.RunnerHandle;
import io.busbar.fnclient.RunnerObserver;
import io.busbar.fnclient.RunnerTarget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Runners that are attached in memory, and who holds each of them. */
final class FakeRunners {
  final Map<RunnerKey, List<FakeHandle>> handles = new HashMap<>();

  /** What a runner answers when asked for its Status. */
  Supplier<Future<RunnerStatus>> status =
      () -> Future.succeededFuture(RunnerStatus.getDefaultInstance());

  /** Runners of one node. */
  RunnerDialler of(String node) {
    return (key, options, observer) -> {
      FakeHandle handle = new FakeHandle(node, key, options.concurrency(), observer);
      handles.computeIfAbsent(key, k -> new ArrayList<>()).add(handle);
      return Future.succeededFuture(handle);
    };
  }

  /** Handles that take calls for a runner. */
  List<FakeHandle> taking(RunnerKey key) {
    return open(key).stream().filter(h -> !h.draining && h.unhealthy == null).toList();
  }

  List<FakeHandle> open(RunnerKey key) {
    return handles.getOrDefault(key, List.of()).stream().filter(h -> !h.closed).toList();
  }

  FakeHandle only(RunnerKey key) {
    List<FakeHandle> open = open(key);
    if (open.size() != 1) {
      throw new AssertionError(key + " has " + open.size() + " handles");
    }
    return open.get(0);
  }

  /** The node is gone with its connections. */
  void lost(String node) {
    handles.values().forEach(list -> list.removeIf(h -> h.node.equals(node)));
  }

  final class FakeHandle implements RunnerHandle {
    final String node;
    final RunnerKey key;
    final RunnerObserver observer;
    int capacity;
    int running;
    int asked;
    boolean draining;
    boolean closed;
    String unhealthy;
    String state = "";
    private Promise<Void> drained;

    FakeHandle(String node, RunnerKey key, int capacity, RunnerObserver observer) {
      this.node = node;
      this.key = key;
      this.capacity = capacity;
      this.observer = observer;
    }

    void start() {
      running++;
      observer.callStarted();
    }

    void end(io.busbar.fnclient.RunnerOutcome outcome) {
      running--;
      observer.callEnded(outcome);
      if (running == 0 && drained != null) {
        drained.tryComplete();
      }
    }

    @Override
    public RunnerTarget target() {
      return RunnerTarget.of(key.pool(), key.address().host(), key.address().port());
    }

    @Override
    public String workerId() {
      return key.workerId(node);
    }

    @Override
    public int running() {
      return running;
    }

    @Override
    public int capacity() {
      return capacity;
    }

    @Override
    public void setCapacity(int calls) {
      capacity = calls;
    }

    @Override
    public void describe(String newState, String lastError) {
      state = newState;
    }

    @Override
    public int connections() {
      return closed ? 0 : 1;
    }

    @Override
    public Future<Void> drain() {
      draining = true;
      drained = Promise.promise();
      if (running == 0) {
        drained.complete();
      }
      return drained.future();
    }

    @Override
    public Future<Void> resume() {
      draining = false;
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> unhealthy(String reason) {
      unhealthy = reason;
      return Future.succeededFuture();
    }

    @Override
    public Future<RunnerStatus> status(long timeoutMillis) {
      asked++;
      return status.get();
    }

    @Override
    public Future<Void> close() {
      closed = true;
      return Future.succeededFuture();
    }
  }
}
