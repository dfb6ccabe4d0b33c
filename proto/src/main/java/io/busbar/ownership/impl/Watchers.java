package io.busbar.ownership.impl;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.v1.OwnerChanged;
import io.busbar.bus.v1.OwnershipChanged;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.map.OwnerCodec;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears the changes on the bus, once per node, and tells those who watch here. Thread-safe. */
final class Watchers {
  private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final Handler<OwnerChange> first;
  private MessageConsumer<OwnershipChanged> consumer;

  private record Watcher(Context context, Handler<OwnerChange> handler) {
    void tell(List<OwnerChange> changes) {
      // One turn for all: a handler that fails for one must still get the others.
      context.runOnContext(v -> tell(changes, 0));
    }

    private void tell(List<OwnerChange> changes, int from) {
      for (int i = from; i < changes.size(); i++) {
        int next = i + 1;
        try {
          handler.handle(changes.get(i));
        } catch (RuntimeException e) {
          context.runOnContext(v -> tell(changes, next));
          throw e;
        }
      }
    }
  }

  /**
   * @param first told before all others
   */
  Watchers(Handler<OwnerChange> first) {
    this.first = first;
  }

  /** On lane 0. */
  Future<Void> start(Vertx vertx) {
    BusCodec.register(vertx);
    consumer = vertx.eventBus().consumer(Addresses.OWNERSHIP);
    consumer.handler(message -> heard(BusCodec.body(message, OwnershipChanged.class)));
    return consumer.completion();
  }

  Future<Void> stop() {
    return consumer == null ? Future.succeededFuture() : consumer.unregister();
  }

  private void heard(OwnershipChanged changes) {
    if (changes == null) {
      LOG.warn("a message on {} could not be read", Addresses.OWNERSHIP);
      return;
    }
    List<OwnerChange> all = new ArrayList<>(changes.getChangesCount());
    for (OwnerChanged change : changes.getChangesList()) {
      all.add(OwnerCodec.change(change));
    }
    if (changes.hasFreed()) {
      all.addAll(OwnerCodec.freed(changes.getFreed()));
    }
    tell(all);
  }

  /** Tells those who watch on this node. On lane 0. */
  void tell(List<OwnerChange> changes) {
    changes.forEach(first::handle);
    for (Watcher watcher : watchers) {
      watcher.tell(changes);
    }
  }

  Runnable add(Context context, Handler<OwnerChange> handler) {
    Watcher watcher = new Watcher(context, handler);
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }
}
