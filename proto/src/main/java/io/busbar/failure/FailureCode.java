package io.busbar.failure;

import java.util.HashMap;
import java.util.Map;

/**
 * Why something failed. The set is closed in this build and open on the wire: a code that a newer
 * node made is read as {@link #UNKNOWN}, its name kept in the failure's detail.
 */
public enum FailureCode {
  // The caller's fault.
  INVALID_REQUEST("invalid_request", 400, false),
  UNAUTHENTICATED("unauthenticated", 401, false),
  FORBIDDEN("forbidden", 403, false),
  NOT_FOUND("not_found", 404, false),
  NO_SUCH_POOL("no_such_pool", 404, false),
  NO_HANDLER("no_handler", 404, true),
  METHOD_NOT_ALLOWED("method_not_allowed", 405, false),
  NO_PROGRESS("no_progress", 408, false),
  CONFLICT("conflict", 409, false),
  /** Another host owns the key, or it is reserved or sealed for another. */
  OWNED("owned", 409, false),
  NODE_GONE("node_lost_record", 410, false),
  /** The epoch named is not the key's any more. */
  STALE_EPOCH("stale_epoch", 412, false),
  TOO_LARGE("too_large", 413, false),
  UNSUPPORTED_MEDIA("unsupported_media", 415, false),
  UNPROCESSABLE("unprocessable", 422, false),
  REJECTED("rejected", 422, false),
  TOO_MANY_REQUESTS("too_many_requests", 429, true),
  HEADERS_TOO_LARGE("headers_too_large", 431, false),
  CANCELLED("cancelled", 499, false),
  CALLER_GONE("caller_gone", 499, false),
  // Nobody could take it.
  BUSY("busy", 503, true),
  NO_WORKER("no_worker", 503, true),
  QUEUE_FULL("queue_full", 503, true),
  QUEUE_TIMEOUT("queue_timeout", 503, true),
  DRAINING("draining", 503, true),
  UNAVAILABLE("unavailable", 503, true),
  NO_MAJORITY("no_majority", 503, true),
  /** This node's clock differs too much from the others' to give out epochs. */
  CLOCK_SKEW("clock_skew", 503, true),
  /** Another node does this now; ask again who. */
  MOVED("moved", 503, true),
  /**
   * A worker said "too busy" after its attempt was committed: nothing was run, nothing replayed.
   */
  BUSY_AFTER_COMMIT("busy_after_commit", 503, true),
  // Somebody took it and it went wrong.
  WORKER_REJECTED("worker_rejected", 502, false),
  WORKER_FAILED("worker_failed", 502, false),
  WORKER_LOST("worker_lost", 502, false),
  HANDLER_FAILED("handler_failed", 502, false),
  WORKER_PROTOCOL("worker_protocol", 502, false),
  NODE_LOST("node_lost", 502, false),
  STREAM_BROKEN("stream_broken", 502, false),
  DEADLINE_EXCEEDED("deadline_exceeded", 504, false),
  NOT_IMPLEMENTED("not_implemented", 501, false),
  INTERNAL("internal", 500, false),
  UNKNOWN("unknown", 500, false);

  private static final Map<String, FailureCode> BY_NAME = new HashMap<>();

  static {
    for (FailureCode code : values()) {
      BY_NAME.put(code.wireName, code);
    }
  }

  private final String wireName;
  private final int status;
  private final boolean retrySafe;

  FailureCode(String wireName, int status, boolean retrySafe) {
    this.wireName = wireName;
    this.status = status;
    this.retrySafe = retrySafe;
  }

  /** Name on the wire, in problem documents, metrics and logs. */
  public String wireName() {
    return wireName;
  }

  /** HTTP status when the failure carries none of its own. */
  public int status() {
    return status;
  }

  /** Whether a retry is safe unless the failure says otherwise. */
  public boolean retrySafe() {
    return retrySafe;
  }

  /** The code of that name, {@link #UNKNOWN} if this build has none. */
  public static FailureCode ofWireName(String name) {
    return BY_NAME.getOrDefault(name, UNKNOWN);
  }
}
