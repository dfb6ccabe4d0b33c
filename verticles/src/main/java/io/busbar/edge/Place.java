package io.busbar.edge;

import io.busbar.failure.Failure;

/**
 * A place that one connection takes, or the reason why there is none. It is given back once,
 * however often that is said. On the lane's context.
 */
public final class Place {
  private final Failure refused;
  private Runnable giveBack;

  private Place(Failure refused, Runnable giveBack) {
    this.refused = refused;
    this.giveBack = giveBack;
  }

  /** A place that costs nothing. */
  public static Place free() {
    return new Place(null, () -> {});
  }

  public static Place taken(Runnable giveBack) {
    return new Place(null, giveBack);
  }

  public static Place refused(Failure reason) {
    return new Place(reason, () -> {});
  }

  /** Null = the place is taken. */
  public Failure refused() {
    return refused;
  }

  /** Gives it back. */
  public void leave() {
    Runnable once = giveBack;
    giveBack = () -> {};
    once.run();
  }
}
