package io.busbar.channel;

/** From where a subscriber follows a channel. */
public sealed interface Start {
  /**
   * What comes from now on; first the snapshot and what follows it, if there is a snapshot. Now is
   * where this node is when the subscriber begins: a frame that was answered a moment before and is
   * still on its way here may be the first one, one that is appended once the subscriber is live is
   * never left out.
   */
  record Now() implements Start {}

  /** All that is kept. */
  record Oldest() implements Start {}

  /**
   * What follows a frame.
   *
   * @param epoch 0 = whatever it is
   */
  record After(long epoch, long offset) implements Start {}

  Start NOW = new Now();
  Start OLDEST = new Oldest();

  static Start after(long epoch, long offset) {
    return new After(epoch, offset);
  }
}
