package io.busbar.gateway;

import io.busbar.gateway.cli.BusbarCli;
import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.log.Logging;

/** Entry point of the jar. */
public final class Main {
  private static final String COMMON_POOL = "java.util.concurrent.ForkJoinPool.common.parallelism";

  private Main() {}

  public static void main(String[] args) {
    shareThreads();
    Logging.early();
    int code = BusbarCli.run(args);
    if (code != ExitCode.STILL_RUNNING) {
      System.exit(code);
    }
  }

  /**
   * With one or two processors the JDK's common pool counts as having one thread, and a
   * CompletableFuture then starts a thread of its own for each step that it runs asynchronously: in
   * Hazelcast that is one or two for each read or append of a key.
   */
  private static void shareThreads() {
    if (Runtime.getRuntime().availableProcessors() <= 2
        && System.getProperty(COMMON_POOL) == null) {
      System.setProperty(COMMON_POOL, "2");
    }
  }
}
