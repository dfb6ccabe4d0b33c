package io.busbar.plugin.host;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a plugin's exceptions mean for its call. */
final class WorkerFailures {
  private static final Logger log = LoggerFactory.getLogger(WorkerFailures.class);

  private WorkerFailures() {}

  /** The failure the plugin chose, else WORKER_FAILED naming what it threw. */
  static Failure of(Throwable cause) {
    if (cause instanceof FailureException chosen) {
      return chosen.failure();
    }
    return Failure.of(FailureCode.WORKER_FAILED, text(cause));
  }

  /** Whether the plugin went wrong, rather than said no. */
  static boolean isBug(Throwable cause) {
    return !(cause instanceof FailureException);
  }

  static String text(Throwable cause) {
    String message = cause.getMessage();
    String name = cause.getClass().getSimpleName();
    String text = message == null || message.isBlank() ? name : name + ": " + message;
    return text.replace('\n', ' ').replace('\r', ' ');
  }

  /** A plugin's handler threw where no call is left to fail. */
  static void logIgnored(String where, String what, Throwable cause) {
    log.warn("{} of {} threw {}", where, what, text(cause));
  }
}
