package io.busbar.gateway.cli.client;

import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Option;

/** {@code --watch}: shows something again and again until the process is ended. */
final class Watching {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final String CLEAR = "\u001b[H\u001b[2J";

  @Option(
      names = {"-w", "--watch"},
      description = "Shows it again every second until ended with Ctrl-C.")
  private boolean watch;

  /** Runs the action once, or for ever. A terminal is wiped in between, unless JSON is shown. */
  void run(PrintWriter out, boolean json, Runnable show) {
    boolean wipe = watch && !json && System.console() != null;
    do {
      if (wipe) {
        out.print(CLEAR);
      }
      show.run();
      out.flush();
    } while (watch && pause());
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
