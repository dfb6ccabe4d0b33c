package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.RecentIds;
import io.busbar.bus.v1.CallState;
import io.busbar.registry.WorkerCell;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The calls of one lane: those under way, and the last finished ones, bounded in number and age.
 */
final class CallLedger {
  private final String nodeName;
  private final long incarnation;
  private final int lane;
  private final int keep;
  private final Map<CallId, DispatchedCall> active = new HashMap<>();
  private final RecentIds finished;

  /** The latest id of this lane's own that came here. */
  private long latestOwn = -1;

  /**
   * @param lane whose ledger it is
   */
  CallLedger(NodeIdentity node, int lane, DispatchOptions options) {
    this.nodeName = node.name();
    this.incarnation = node.incarnation();
    this.lane = lane;
    this.keep = (options.keep() + options.lanes() - 1) / options.lanes();
    int most = Integer.highestOneBit(Math.max(1, 2 * keep - 1));
    // One that is just as old as it may get is still told.
    this.finished = new RecentIds(most, options.keepMillis() + 1);
  }

  void add(DispatchedCall call) {
    active.put(call.id, call);
    came(call.id);
  }

  /**
   * Whether that call cannot have been here: a lane makes its ids in order. What comes first, and
   * nearly every call does, needs not be looked for among all that were here.
   */
  boolean isNew(CallId id) {
    return own(id) && id.seq() > latestOwn;
  }

  private void came(CallId id) {
    if (own(id) && id.seq() > latestOwn) {
      latestOwn = id.seq();
    }
  }

  private boolean own(CallId id) {
    return id.node() == incarnation && id.lane() == lane;
  }

  DispatchedCall active(CallId id) {
    return active.get(id);
  }

  int activeCount() {
    return active.size();
  }

  /** A copy, for rare events: each of them may end while it is looked at. */
  Collection<DispatchedCall> activeCalls() {
    return List.copyOf(active.values());
  }

  int finishedCount() {
    return finished.size();
  }

  void finish(CallId id, FinishedCall end, long now) {
    active.remove(id);
    came(id);
    if (keep > 0) {
      finished.put(id.node(), id.seq(), 0, 0, end, now);
      if (finished.size() > keep) {
        finished.forgetOldest();
      }
    }
  }

  FinishedCall finished(CallId id, long now) {
    finished.expire(now);
    int found = finished.find(id.node(), id.seq(), 0);
    return found < 0 ? null : (FinishedCall) finished.note(found);
  }

  /** State of a call; null = not known, or no longer. */
  CallState state(CallId id, long now) {
    DispatchedCall call = active.get(id);
    if (call != null) {
      return state(call);
    }
    FinishedCall end = finished(id, now);
    return end == null ? null : state(end);
  }

  private CallState state(DispatchedCall call) {
    CallState.Builder state =
        CallState.newBuilder()
            .setId(call.wireId)
            .setPool(call.submit.getPool())
            .setState(
                switch (call.state) {
                  case OFFERED -> "offered";
                  case RUNNING -> "running";
                  case ENDED -> "ended";
                  case NEW, QUEUED, PAUSED -> "waiting";
                })
            .setAttempts(call.offers)
            .setSubmittedAt(call.submittedWall)
            .setClientId(call.submit.getHead().getClientId())
            .setNode(nodeName)
            .setTenant(call.submit.getTenant())
            .setDetached(call.submit.getHead().getDetached());
    WorkerCell cell = call.cell;
    if (cell != null) {
      state.setWorker(cell.workerId()).setWorkerNode(cell.announced().getNode());
    }
    if (call.state == DispatchedCall.State.RUNNING) {
      state.setStartedAt(call.assignedWall);
    }
    return state.build();
  }

  private CallState state(FinishedCall end) {
    CallState.Builder state =
        CallState.newBuilder()
            .setId(end.id())
            .setPool(end.pool())
            .setState("ended")
            .setWorker(end.worker())
            .setWorkerNode(end.workerNode())
            .setAttempts(end.attempts())
            .setSubmittedAt(end.submittedWall())
            .setStartedAt(end.startedWall())
            .setEndedAt(end.endedWall())
            .setStatus(end.status())
            .setRequestBytes(end.requestBytes())
            .setResponseBytes(end.responseBytes())
            .setClientId(end.clientId())
            .setNode(nodeName)
            .setTenant(end.tenant())
            .setDetached(end.detached());
    if (end.failure() != null) {
      state.setFailure(end.failure().toWire());
    }
    return state.build();
  }
}
