package io.busbar.samples.cart;

import io.busbar.ownership.OwnerChange;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** Lets requests wait until the owner of their cart may be another one. One thread. */
final class Changes {
  /** Announcements are not repeated, so nobody waits for one longer than this. */
  private static final long LONGEST_MILLIS = 1000;

  private record Waiting(String key, Promise<Void> told) {}

  private final Vertx vertx;
  private final List<Waiting> waiting = new ArrayList<>();

  Changes(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Completed with the next change of that key from now on, or of the holders as such; or by a
   * caller that needs it no more.
   */
  Promise<Void> next(String key) {
    Promise<Void> told = Promise.promise();
    Waiting one = new Waiting(key, told);
    waiting.add(one);
    long timer = vertx.setTimer(LONGEST_MILLIS, fired -> told.tryComplete());
    told.future()
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              waiting.remove(one);
            });
    return told;
  }

  void heard(OwnerChange change) {
    for (Waiting one : List.copyOf(waiting)) {
      if (change.key().isEmpty() || change.key().equals(one.key())) {
        one.told().tryComplete();
      }
    }
  }
}
