package io.busbar.runner;

import io.busbar.bus.Lane;
import io.busbar.call.Calls;
import io.busbar.call.WorkerRef;
import io.busbar.grpc.MessageBudget;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Routes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What the streams of one lane share. Belongs to the lane's event loop. */
final class RunnerLane {
  final Lane lane;
  final RunnerOptions options;
  final Routes routes;
  final Function<String, PoolAffinity> affinity;
  final Function<String, List<WorkerRef>> workers;
  final Calls calls;
  final RunnerNode node;
  final CallJson json;
  final MessageBudget budget;
  int openCalls;
  int waiting;
  boolean draining;

  private final Set<OpenStream> open = new LinkedHashSet<>();
  private final ArrayDeque<EngageStream> held = new ArrayDeque<>();
  private Runnable whenEmpty = () -> {};

  RunnerLane(
      Lane lane,
      RunnerOptions options,
      Routes routes,
      Function<String, PoolAffinity> affinity,
      Function<String, List<WorkerRef>> workers,
      Calls calls,
      RunnerNode node) {
    this.lane = lane;
    this.options = options;
    this.routes = routes;
    this.affinity = affinity;
    this.workers = workers;
    this.calls = calls;
    this.node = node;
    this.json = new CallJson(options.maxMessage(), routes.annotationKeys());
    this.budget = new MessageBudget(options.partialMessages());
    node.budget(budget);
  }

  void add(OpenStream stream) {
    open.add(stream);
  }

  void remove(OpenStream stream) {
    if (open.remove(stream) && open.isEmpty()) {
      whenEmpty.run();
    }
  }

  /** Has the stream write what it holds once the present turn of the event loop is over. */
  void flushAfterTurn(EngageStream stream) {
    if (held.isEmpty()) {
      lane.context().runOnContext(turn -> flushHeld());
    }
    held.add(stream);
  }

  private void flushHeld() {
    for (EngageStream stream = held.poll(); stream != null; stream = held.poll()) {
      stream.flush();
    }
  }

  int open() {
    return open.size();
  }

  /** Runs the action as soon as no stream is open, at once if none is. */
  void whenEmpty(Runnable action) {
    whenEmpty = action;
    if (open.isEmpty()) {
      action.run();
    }
  }

  void sweep() {
    long now = lane.now();
    for (OpenStream stream : new ArrayList<>(open)) {
      stream.sweep(now);
    }
  }

  void stop() {
    for (OpenStream stream : new ArrayList<>(open)) {
      stream.stop();
    }
  }
}
