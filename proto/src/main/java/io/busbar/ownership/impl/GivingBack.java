package io.busbar.ownership.impl;

import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.Ownership;
import io.busbar.ownership.Ownership.HeldKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Releases all keys of this node's session, a bounded number at a time. On one lane, once. */
final class GivingBack {
  private static final Logger LOG = LoggerFactory.getLogger(GivingBack.class);
  private static final int AT_ONCE = 64;

  private final Ownership ownership;
  private final Deque<HeldKey> open = new ArrayDeque<>();
  private final Promise<Void> done = Promise.promise();
  private int running;
  private int released;
  private Throwable failure;

  GivingBack(Ownership ownership) {
    this.ownership = ownership;
  }

  Future<Void> run() {
    open.addAll(ownership.held());
    more();
    return done.future();
  }

  private void more() {
    while (running < AT_ONCE && !open.isEmpty() && failure == null) {
      HeldKey key = open.poll();
      running++;
      ownership
          .release(key.key(), key.epoch())
          .onComplete(
              answer -> {
                running--;
                if (answer.failed()) {
                  failure = answer.cause();
                } else if (answer.result().code() == OwnerCode.RELEASED) {
                  released++;
                }
                // Else it was handed over, and its new owner has it.
                more();
              });
    }
    if (running == 0 && failure != null) {
      done.tryFail(failure);
    } else if (running == 0 && open.isEmpty()) {
      if (released > 0) {
        LOG.info("{} keys that nobody handed over are given back", released);
      }
      done.tryComplete();
    }
  }
}
