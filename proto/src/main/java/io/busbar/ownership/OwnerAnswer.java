package io.busbar.ownership;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;

/**
 * Answer to a request: done or refused, and what the key is now.
 *
 * @param code what became of it
 * @param epoch the key's after the request, or now if it was refused
 * @param record what the key is now; null = nothing is known of it
 */
public record OwnerAnswer(OwnerCode code, long epoch, OwnerRecord record) {
  public boolean isDone() {
    return code.isDone();
  }

  /** The record, or the refusal as a failure. */
  public Future<OwnerRecord> orFail() {
    return isDone() ? Future.succeededFuture(record) : Future.failedFuture(failure().toException());
  }

  /** The refusal as a value. Only of one. */
  public Failure failure() {
    String owner = record == null ? "" : record.owner();
    return switch (code) {
      case OWNED_BY_OTHER -> Failure.of(FailureCode.OWNED, "owned by " + owner + epochText());
      case RESERVED_FOR_OTHER ->
          Failure.of(
                  FailureCode.OWNED,
                  "reserved for " + record.reservation().holder().host() + " for a moment")
              .withRetrySafe(true);
      case OWNER_SUSPECT ->
          Failure.of(FailureCode.OWNED, "owner " + owner + " is suspect, retry")
              .withRetrySafe(true);
      case STALE_EPOCH ->
          Failure.of(
              FailureCode.STALE_EPOCH,
              "the key's epoch is " + epoch + (owner.isEmpty() ? "" : ", owned by " + owner));
      case NOT_OWNED -> Failure.of(FailureCode.NOT_FOUND, "nobody owns the key");
      case IS_SEALED ->
          Failure.of(
              FailureCode.OWNED,
              "sealed by "
                  + owner
                  + (record.target().isEmpty() ? "" : " for " + record.target())
                  + epochText());
      case LOOK_AGAIN ->
          Failure.of(FailureCode.UNAVAILABLE, "the owner changes too often to be judged");
      case NO_MAJORITY ->
          Failure.of(
              FailureCode.NO_MAJORITY,
              "less than a majority of the cluster's nodes is there, no owner can be changed");
      case TOO_MANY -> Failure.of(FailureCode.TOO_MANY_REQUESTS, "there are too many keys");
      default -> Failure.of(FailureCode.INVALID_REQUEST, "the request cannot be done: " + code);
    };
  }

  private String epochText() {
    return ", epoch " + epoch;
  }
}
