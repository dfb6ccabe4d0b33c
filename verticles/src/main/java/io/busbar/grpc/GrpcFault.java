package io.busbar.grpc;

import io.vertx.grpc.common.GrpcStatus;
import java.util.Objects;

/**
 * Why a gRPC call ends with another status than OK.
 *
 * @param status as sent in {@code grpc-status}
 * @param text as sent, percent-encoded, in {@code grpc-message}
 */
public record GrpcFault(GrpcStatus status, String text) {
  public GrpcFault {
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(text, "text");
  }
}
