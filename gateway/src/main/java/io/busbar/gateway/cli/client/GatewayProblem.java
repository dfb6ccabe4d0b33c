package io.busbar.gateway.cli.client;

import io.busbar.failure.FailureCode;
import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/**
 * What a gateway answered instead of a result.
 *
 * @param code name of the failure
 * @param retryable repeating the request cannot do harm
 */
record GatewayProblem(int status, String code, String detail, boolean retryable, String callId) {
  static final String MEDIA_TYPE = "application/problem+json";
  private static final String OWN_TYPE = "urn:busbar:problem:";

  /** Reads a problem document; null = it is none of a gateway's. */
  static GatewayProblem read(int status, String body) {
    try {
      JsonObject json = new JsonObject(body);
      if (!json.getString("type", "").startsWith(OWN_TYPE)) {
        return null;
      }
      return new GatewayProblem(
          status,
          json.getString("code", FailureCode.UNKNOWN.wireName()),
          json.getString("detail", ""),
          json.getBoolean("retryable", false),
          json.getString("call_id", ""));
    } catch (DecodeException | ClassCastException e) {
      return null;
    }
  }

  int exitCode() {
    return retryable ? ExitCode.RETRY : ExitCode.FAILED;
  }

  CliException toException() {
    String call = callId.isEmpty() ? "" : " (call " + callId + ")";
    return new CliException(exitCode(), code + ": " + detail + call);
  }
}
