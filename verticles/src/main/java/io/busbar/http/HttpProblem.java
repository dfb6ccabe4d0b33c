package io.busbar.http;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * The one mapping from a failure to an HTTP answer: an RFC 9457 problem document.
 *
 * @param status of the answer
 * @param code name of the failure as HTTP clients see it
 * @param title short, the same for each failure of that code
 * @param failure the failure itself
 */
record HttpProblem(int status, String code, String title, Failure failure) {
  static final String MEDIA_TYPE = "application/problem+json";
  private static final String TYPE = "urn:busbar:problem:";
  private static final long DEFAULT_RETRY_AFTER_MILLIS = 1000;

  static HttpProblem of(Failure failure) {
    return new HttpProblem(
        failure.httpStatus(), codeName(failure.code()), title(failure.code()), failure);
  }

  /** Name in {@code code}. A record that went with its node is "node_lost", told apart by 410. */
  static String codeName(FailureCode code) {
    return code == FailureCode.NODE_GONE ? FailureCode.NODE_LOST.wireName() : code.wireName();
  }

  static String title(FailureCode code) {
    return switch (code) {
      case INVALID_REQUEST -> "The request is not valid";
      case UNAUTHENTICATED -> "A valid API key is needed";
      case FORBIDDEN -> "This is not allowed";
      case NOT_FOUND -> "There is no such thing";
      case NO_SUCH_POOL -> "There is no such pool";
      case NO_HANDLER -> "Nobody handles this target";
      case METHOD_NOT_ALLOWED -> "The method is not allowed here";
      case NO_PROGRESS -> "The client made no progress";
      case CONFLICT -> "The request conflicts with the present state";
      case OWNED -> "Another host owns it";
      case STALE_EPOCH -> "The epoch is over";
      case CLOCK_SKEW -> "The node's clock is not that of the others";
      case NODE_GONE -> "The node that knew it is gone";
      case TOO_LARGE -> "The body is too large";
      case UNSUPPORTED_MEDIA -> "The content type is not taken here";
      case UNPROCESSABLE -> "The body cannot be processed";
      case TOO_MANY_REQUESTS -> "Too many requests";
      case HEADERS_TOO_LARGE -> "The headers are too large";
      case CANCELLED -> "The call was cancelled";
      case CALLER_GONE -> "The caller left";
      case BUSY -> "All workers are busy";
      case NO_WORKER -> "The pool has no worker";
      case QUEUE_FULL -> "The queue is full";
      case QUEUE_TIMEOUT -> "No worker came free in time";
      case DRAINING -> "The node takes nothing new";
      case REJECTED -> "The handler refused the command";
      case NO_MAJORITY -> "Too few nodes are there to change anything";
      case MOVED -> "Another node does this now";
      case HANDLER_FAILED -> "The handler failed";
      case UNAVAILABLE -> "The service is not available";
      case BUSY_AFTER_COMMIT -> "The worker was busy after it had the body";
      case WORKER_REJECTED -> "The worker refused the call";
      case WORKER_FAILED -> "The worker failed";
      case WORKER_LOST -> "The worker was lost";
      case WORKER_PROTOCOL -> "The worker broke its protocol";
      case NODE_LOST -> "The worker's node was lost";
      case STREAM_BROKEN -> "The stream broke";
      case DEADLINE_EXCEEDED -> "The time ran out";
      case NOT_IMPLEMENTED -> "Not implemented";
      case INTERNAL -> "Something went wrong inside";
      case UNKNOWN -> "Something went wrong";
    };
  }

  /** Whether the answer carries Retry-After. */
  boolean hasRetryAfter() {
    return status == 503;
  }

  /** Seconds for Retry-After, at least 1. */
  static long retryAfterSeconds(long retryAfterMillis) {
    long millis = retryAfterMillis > 0 ? retryAfterMillis : DEFAULT_RETRY_AFTER_MILLIS;
    return (millis + 999) / 1000;
  }

  /**
   * The document.
   *
   * @param instance what it is about: the call's or the request's path
   * @param callId null = none
   * @param self name of this node, told when the failure names none
   */
  Buffer body(String instance, String callId, String self) {
    JsonObject json =
        new JsonObject()
            .put("type", TYPE + code)
            .put("title", title)
            .put("status", status)
            .put("detail", failure.detail())
            .put("instance", instance)
            .put("code", code)
            .put("retryable", failure.retrySafe())
            .put("node", failure.node().isEmpty() ? self : failure.node());
    if (callId != null) {
      json.put("call_id", callId);
    }
    if (!failure.worker().isEmpty()) {
      json.put("worker", failure.worker());
    }
    return json.toBuffer();
  }
}
