package io.busbar.contract;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What scripted workers saw of each case, for tests in the same JVM. */
final class ScriptLog {
  private static final Map<String, Seen> CASES = new ConcurrentHashMap<>();

  private ScriptLog() {}

  static Seen of(String caseId) {
    return CASES.computeIfAbsent(caseId, id -> new Seen());
  }

  /** One case. */
  static final class Seen {
    private final Promise<Void> served = Promise.promise();
    private final Promise<String> cancelled = Promise.promise();
    private final Promise<Long> blocked = Promise.promise();
    private int attempts;
    private int running;
    private int mostRunning;

    synchronized int began() {
      running++;
      mostRunning = Math.max(mostRunning, running);
      int attempt = ++attempts;
      served.tryComplete();
      return attempt;
    }

    synchronized void over() {
      running--;
    }

    void cancelledWith(String code) {
      cancelled.tryComplete(code);
    }

    void blockedAfter(long bytes) {
      blocked.tryComplete(bytes);
    }

    Future<Void> served() {
      return served.future();
    }

    /** The code the worker was cancelled with. */
    Future<String> cancelled() {
      return cancelled.future();
    }

    /** Bytes the worker had written when its response was full for the first time. */
    Future<Long> blocked() {
      return blocked.future();
    }

    synchronized int attempts() {
      return attempts;
    }

    synchronized int mostRunning() {
      return mostRunning;
    }
  }
}
