package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Submit;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.metrics.CallMeters;
import io.busbar.registry.Hashes;
import io.busbar.registry.WorkerPool;
import io.busbar.registry.WorkerView;
import java.util.HashMap;
import java.util.Map;

/** Decides whether a call may enter, and with which settings. */
final class CallAdmission {
  private final Lane lane;
  private final WorkerView view;
  private final PoolCatalog catalog;
  private final CallLedger ledger;
  private final CallMeters meters;
  private final int limit;
  private final Map<WorkerPool, CallMeters.PoolMeters> metersOf = new HashMap<>();
  private boolean draining;

  CallAdmission(
      Lane lane,
      WorkerView view,
      PoolCatalog catalog,
      CallLedger ledger,
      CallMeters meters,
      int limit) {
    this.lane = lane;
    this.view = view;
    this.catalog = catalog;
    this.ledger = ledger;
    this.meters = meters;
    this.limit = limit;
  }

  /** From now on nothing enters. */
  void drain() {
    draining = true;
  }

  boolean draining() {
    return draining;
  }

  /** Why a call may not enter; null = it may. */
  Failure refuses(Submit submit) {
    if (draining) {
      return failure(FailureCode.DRAINING, "node '" + lane.node().name() + "' is stopping");
    }
    if (ledger.activeCount() >= limit) {
      return failure(
          FailureCode.QUEUE_FULL, limit + " calls are under way on this lane of the node");
    }
    String name = submit.getPool();
    if (view.pool(name) == null && !catalog.configured(name)) {
      return failure(
          FailureCode.NO_SUCH_POOL,
          "pool '"
              + Failure.shorten(name, 100)
              + "' is not configured and no worker ever announced it");
    }
    return null;
  }

  /** The call, not yet placed. Only after {@link #refuses} said null. */
  DispatchedCall enter(CallId id, Endpoint caller, Submit submit) {
    String name = submit.getPool();
    WorkerPool pool = view.configured(name);
    PoolOptions options = catalog.options(name);
    CallMeters.PoolMeters of = metersOf.get(pool);
    if (of == null) {
      of = meters.pool(name, pool.waiting()::get);
      metersOf.put(pool, of);
    }
    boolean remote = !caller.node().equals(lane.endpoint().node());
    DispatchedCall call =
        new DispatchedCall(
            id,
            caller,
            remote,
            submit,
            pool,
            options,
            of,
            affinity(submit, options),
            lane.now(),
            System.currentTimeMillis());
    of.entered();
    ledger.add(call);
    return call;
  }

  /** A key that the caller names counts in every pool; the setting says what counts without one. */
  private static long affinity(Submit submit, PoolOptions options) {
    if (options.placer() == PoolOptions.Placer.FN_CH) {
      return FnPlacer.key(function(submit, options));
    }
    String key = submit.getAffinity();
    if (key.isEmpty()) {
      key =
          switch (options.affinity()) {
            case NONE, HEADER -> "";
            case FN_ID -> function(submit, options);
            case SLOT_HASH_ID -> {
              String hash = submit.getHead().getSlotHash();
              yield hash.isEmpty() ? function(submit, options) : hash;
            }
          };
    }
    return key.isEmpty() ? 0 : Hashes.of(key);
  }

  /** Calls of HTTP and of plugins name no function; the pool may. */
  private static String function(Submit submit, PoolOptions options) {
    String named = submit.getHead().getFnId();
    return named.isEmpty() ? options.functionId() : named;
  }

  private Failure failure(FailureCode code, String detail) {
    return Failure.of(code, detail).at(lane.node().name(), "");
  }
}
