package io.busbar.command;

/**
 * How a target is served.
 *
 * @param concurrency commands that run at once in this registration; 1 = one after the other
 * @param queue commands of the target that may wait on this node; more are refused with BUSY
 */
public record ServeOptions(int concurrency, int queue) {
  public static final ServeOptions SERIAL = new ServeOptions(1, 1000);

  public ServeOptions {
    if (concurrency < 1 || queue < 0) {
      throw new IllegalArgumentException(
          "concurrency " + concurrency + ", queue " + queue + ", expected at least 1 and 0");
    }
  }

  public static ServeOptions concurrent(int commands) {
    return new ServeOptions(commands, 1000);
  }
}
