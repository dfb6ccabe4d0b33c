package io.busbar.runner;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.RunnerStatus;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The health hook's answer as the map in Status: an object of text, numbers and booleans. */
final class CustomStatus {
  private CustomStatus() {}

  /** Adds the entries; an empty answer adds none. Null, or why the answer makes no sense. */
  static Failure read(String answer, RunnerStatus.Builder status) {
    if (answer.isBlank()) {
      return null;
    }
    JsonObject object;
    try {
      object = new JsonObject(answer);
    } catch (DecodeException e) {
      return wrong("'" + Failure.shorten(answer, 60) + "' is no JSON object");
    }
    for (Map.Entry<String, Object> entry : object) {
      Object value = entry.getValue();
      if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
        return wrong(
            "field '"
                + Failure.shorten(entry.getKey(), 60)
                + "', expected text, a number or a boolean");
      }
      status.putCustomStatus(entry.getKey(), value.toString());
    }
    return null;
  }

  private static Failure wrong(String what) {
    return Failure.of(FailureCode.WORKER_FAILED, "answer of the health hook: " + what);
  }
}
