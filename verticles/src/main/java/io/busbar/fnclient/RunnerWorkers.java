package io.busbar.fnclient;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Attaches Fn runners as workers of one node. Any thread. */
public final class RunnerWorkers {
  private final List<WorkerLane> lanes;
  private final ConnectionRoom room;
  private final Map<LinkOptions, List<DialLane>> dialLanes = new HashMap<>();

  /**
   * @param lanes of this node, at least one; the first is the workers' home
   * @param mostConnections to all runners; beyond it a call goes where there is a connection
   */
  public RunnerWorkers(List<WorkerLane> lanes, int mostConnections) {
    this.lanes = List.copyOf(lanes);
    this.room = new ConnectionRoom(mostConnections);
  }

  /**
   * Attaches a runner on each lane: one worker, one slot count. Nothing is dialled before the first
   * call or status. Fails with CONFLICT when a worker of that name is attached already; nothing is
   * left attached then.
   */
  public Future<RunnerHandle> attach(
      RunnerTarget target, RunnerClientOptions options, RunnerObserver observer) {
    return new AttachedRunner(dialLanes(options.link()), target, options, observer).attach();
  }

  /** Runners that are dialled alike share what dials them. */
  private synchronized List<DialLane> dialLanes(LinkOptions options) {
    return dialLanes.computeIfAbsent(
        options, one -> lanes.stream().map(lane -> new DialLane(lane, one, room)).toList());
  }

  /** Closes all connections; runners should be closed before. */
  public synchronized Future<Void> close() {
    List<Future<Void>> closed = new ArrayList<>();
    dialLanes.values().forEach(all -> all.forEach(lane -> closed.add(lane.close())));
    return Future.join(closed).mapEmpty();
  }
}
