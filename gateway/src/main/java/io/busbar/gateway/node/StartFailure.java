package io.busbar.gateway.node;

/**
 * Why a node could not start, in one line that says what to do. Leads to exit code 2: a retry with
 * the same configuration will not help.
 */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartFailure(String line, Throwable cause) {
    super(line, cause, false, false);
  }

  public StartFailure(String line) {
    this(line, null);
  }

  /** What a failed listen means to the person who configured the port. */
  static StartFailure listen(String hostKey, String host, String portKey, int port, Throwable why) {
    String reason = why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
    if (reason.contains("already in use") || reason.contains("auto-increment")) {
      return new StartFailure(
          portKey
              + ": port "
              + port
              + " on "
              + host
              + " is in use; stop the process that has it, or set another one (--set "
              + portKey
              + "=N, or --port-offset N for all ports)",
          why);
    }
    return new StartFailure(
        hostKey + ", " + portKey + ": cannot listen on " + host + ":" + port + ": " + reason, why);
  }
}
