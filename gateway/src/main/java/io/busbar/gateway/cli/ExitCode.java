package io.busbar.gateway.cli;

/** Exit codes of every command. */
public final class ExitCode {

  /** Not an exit code: the command goes on in other threads and the process must stay. */
  public static final int STILL_RUNNING = -1;

  public static final int OK = 0;

  /** It failed and a retry will not help. */
  public static final int FAILED = 1;

  /** Wrong usage or configuration. */
  public static final int USAGE = 2;

  /** The gateway is not reachable. */
  public static final int UNREACHABLE = 3;

  /** It failed and is safe to retry. */
  public static final int RETRY = 4;

  private ExitCode() {}
}
