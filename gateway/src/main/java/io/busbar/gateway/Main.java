package io.busbar.gateway;

import io.busbar.gateway.cli.BusbarCli;
import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.log.Logging;

/** Entry point of the jar. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    Logging.early();
    int code = BusbarCli.run(args);
    if (code != ExitCode.STILL_RUNNING) {
      System.exit(code);
    }
  }
}
