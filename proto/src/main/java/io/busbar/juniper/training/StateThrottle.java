package io.busbar.juniper.training;

/**
 * Says which states a trainer publishes: not more than one in so many milliseconds, but always the
 * ones that end a run. What is left out is dropped, not told later. For one thread.
 */
public final class StateThrottle {
  /** As the reference has it. */
  public static final long MILLIS = 1000;

  private final long millis;
  private boolean told;
  private long last;

  public StateThrottle(long millis) {
    this.millis = millis;
  }

  /**
   * @param now monotonic milliseconds
   */
  public boolean passes(TrainingState state, long now) {
    if (told && !state.isTerminal() && now - last < millis) {
      return false;
    }
    told = true;
    last = now;
    return true;
  }
}
