package io.busbar.failure;

import java.util.Objects;

/**
 * The one error value: what went wrong, whether a retry is safe, and whose fault it is. Immutable;
 * mapped once per protocol.
 *
 * @param code what kind of failure
 * @param detail for people: names the field or the party, the value (shortened), what was expected
 * @param retrySafe no worker acted on the request, so repeating it cannot do harm
 * @param user fault of the function or its user, not of the platform
 * @param status HTTP-like code a worker chose itself, 0 = the code's own
 * @param node name of the node that reports it, "" = not known
 * @param worker the worker concerned, "" = none
 */
public record Failure(
    FailureCode code,
    String detail,
    boolean retrySafe,
    boolean user,
    int status,
    String node,
    String worker) {

  /** Longest detail kept, in characters; the rest is cut. */
  public static final int MAX_DETAIL = 2000;

  public Failure {
    Objects.requireNonNull(code, "code");
    detail = detail == null ? "" : shorten(detail, MAX_DETAIL);
    node = node == null ? "" : node;
    worker = worker == null ? "" : worker;
  }

  /** A failure with the defaults of its code. */
  public static Failure of(FailureCode code, String detail) {
    return new Failure(code, detail, code.retrySafe(), false, 0, "", "");
  }

  public Failure withRetrySafe(boolean safe) {
    return new Failure(code, detail, safe, user, status, node, worker);
  }

  /** What "too busy" means when the worker had begun: no other may be asked, the caller may. */
  public Failure afterCommit() {
    return new Failure(FailureCode.BUSY_AFTER_COMMIT, detail, true, user, status, node, worker);
  }

  public Failure withUser(boolean byUser) {
    return new Failure(code, detail, retrySafe, byUser, status, node, worker);
  }

  public Failure withStatus(int ownStatus) {
    return new Failure(code, detail, retrySafe, user, ownStatus, node, worker);
  }

  public Failure at(String nodeName, String workerId) {
    return new Failure(code, detail, retrySafe, user, status, nodeName, workerId);
  }

  /** The status to show: the worker's own if it chose a sensible one, else the code's. */
  public int httpStatus() {
    return status >= 400 && status <= 599 ? status : code.status();
  }

  /** As an exception, for futures. Carries no stack trace: it is a value, not a bug. */
  public FailureException toException() {
    return new FailureException(this);
  }

  /** The failure inside a throwable, or {@link FailureCode#INTERNAL} naming its class. */
  public static Failure of(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof FailureException e) {
        return e.failure();
      }
    }
    String message = cause.getMessage();
    String name = cause.getClass().getSimpleName();
    return of(FailureCode.INTERNAL, message == null ? name : name + ": " + message);
  }

  public static Failure fromWire(io.busbar.bus.v1.Failure wire) {
    FailureCode code = FailureCode.ofWireName(wire.getCode());
    String detail = wire.getDetail();
    if (code == FailureCode.UNKNOWN && !wire.getCode().equals(FailureCode.UNKNOWN.wireName())) {
      detail = wire.getCode() + ": " + detail;
    }
    return new Failure(
        code,
        detail,
        wire.getRetrySafe(),
        wire.getUser(),
        wire.getStatus(),
        wire.getNode(),
        wire.getWorker());
  }

  public io.busbar.bus.v1.Failure toWire() {
    return io.busbar.bus.v1.Failure.newBuilder()
        .setCode(code.wireName())
        .setDetail(detail)
        .setRetrySafe(retrySafe)
        .setUser(user)
        .setStatus(status)
        .setNode(node)
        .setWorker(worker)
        .build();
  }

  /** Cuts a value from outside so that it can stand in a message. */
  public static String shorten(String value, int max) {
    return value.length() <= max ? value : value.substring(0, max - 1) + "…";
  }
}
