package io.busbar.runner;

import io.busbar.failure.Failure;
import io.busbar.grpc.GrpcFault;
import io.vertx.grpc.common.GrpcStatus;

/** How a failure is told on the methods that have no CallFinished: as a gRPC status. */
final class RpcFaults {
  static GrpcFault of(Failure failure) {
    String detail = failure.detail();
    return new GrpcFault(status(failure), detail.isEmpty() ? failure.code().wireName() : detail);
  }

  private static GrpcStatus status(Failure failure) {
    return switch (failure.code()) {
      case INVALID_REQUEST, UNSUPPORTED_MEDIA, UNPROCESSABLE -> GrpcStatus.INVALID_ARGUMENT;
      case UNAUTHENTICATED -> GrpcStatus.UNAUTHENTICATED;
      case FORBIDDEN -> GrpcStatus.PERMISSION_DENIED;
      case NOT_FOUND, NO_SUCH_POOL, NODE_GONE -> GrpcStatus.NOT_FOUND;
      case METHOD_NOT_ALLOWED, NOT_IMPLEMENTED -> GrpcStatus.UNIMPLEMENTED;
      case CONFLICT -> GrpcStatus.ABORTED;
      case TOO_LARGE, TOO_MANY_REQUESTS, HEADERS_TOO_LARGE -> GrpcStatus.RESOURCE_EXHAUSTED;
      case CANCELLED, CALLER_GONE -> GrpcStatus.CANCELLED;
      case NO_PROGRESS, DEADLINE_EXCEEDED -> GrpcStatus.DEADLINE_EXCEEDED;
      case BUSY, NO_WORKER, QUEUE_FULL, QUEUE_TIMEOUT, DRAINING, UNAVAILABLE, BUSY_AFTER_COMMIT ->
          GrpcStatus.UNAVAILABLE;
      case WORKER_REJECTED,
          WORKER_FAILED,
          WORKER_LOST,
          WORKER_PROTOCOL,
          NODE_LOST,
          STREAM_BROKEN,
          UNKNOWN ->
          GrpcStatus.UNKNOWN;
      case INTERNAL -> GrpcStatus.INTERNAL;
      default -> GrpcStatus.UNKNOWN;
    };
  }

  private RpcFaults() {}
}
