package io.busbar.websocket;

import io.busbar.bus.Lane;
import java.util.ArrayList;
import java.util.Collection;

/**
 * One timer for all connections of an endpoint on a lane; it runs while there are some. On the
 * lane's context.
 *
 * @param <S> a connection
 */
public final class SessionTick<S> {
  private static final long SHORTEST = 20;
  private static final long LONGEST = 1_000;
  private static final int PARTS = 10;

  private final Lane lane;
  private final Collection<S> sessions;
  private final long millis;
  private final Tick<S> action;
  private Lane.Timer timer;

  /** Looks at one connection. */
  @FunctionalInterface
  public interface Tick<S> {
    /**
     * @param now monotonic milliseconds
     */
    void look(S session, long now);
  }

  /**
   * @param shortest span that is measured by looking, in milliseconds
   */
  public SessionTick(Lane lane, Collection<S> sessions, long shortest, Tick<S> action) {
    this.lane = lane;
    this.sessions = sessions;
    this.millis = Math.max(SHORTEST, Math.min(LONGEST, shortest / PARTS));
    this.action = action;
  }

  /** To be called after a connection was added. */
  public void arm() {
    if (timer == null) {
      timer = lane.timer(millis, this::fired);
    }
  }

  private void fired() {
    timer = null;
    long now = lane.now();
    for (S session : new ArrayList<>(sessions)) {
      action.look(session, now);
    }
    if (!sessions.isEmpty()) {
      arm();
    }
  }

  /** To be called when the last connection is gone. */
  public void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
