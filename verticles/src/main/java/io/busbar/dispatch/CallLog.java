package io.busbar.dispatch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per finished call at INFO; switched off by the level of this logger. */
final class CallLog {
  private static final Logger LOG = LoggerFactory.getLogger("io.busbar.calls");

  /**
   * @param id text form is made only when the line is written
   */
  static void ended(Object id, FinishedCall end, long duration) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    var line =
        LOG.atInfo()
            .addKeyValue("call", id)
            .addKeyValue("pool", end.pool())
            .addKeyValue("outcome", end.failure() == null ? "ok" : end.failure().code().wireName())
            .addKeyValue("status", end.status())
            .addKeyValue("worker", end.worker())
            .addKeyValue("worker_node", end.workerNode())
            .addKeyValue("attempts", end.attempts())
            .addKeyValue("wait_ms", end.waited())
            .addKeyValue("duration_ms", duration)
            .addKeyValue("bytes_in", end.requestBytes())
            .addKeyValue("bytes_out", end.responseBytes())
            .addKeyValue("tenant", end.tenant());
    if (!end.clientId().isEmpty()) {
      line = line.addKeyValue("client_id", end.clientId());
    }
    if (end.failure() != null) {
      line = line.addKeyValue("detail", end.failure().detail());
    }
    line.log("call ended");
  }

  private CallLog() {}
}
