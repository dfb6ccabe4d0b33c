package io.busbar.fnlb;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Answers of the control API, each asked for once at a time and kept for a while. "There is no such
 * thing" is kept too, shorter; other failures are not. Bounded: the entry not used for longest goes
 * first, and too many open questions are refused. Belongs to one lane.
 */
final class ApiCache {
  private final ControlApiOptions options;
  private final Function<String, Future<JsonObject>> source;
  private final LongSupplier clock;
  private final ApiMeters meters;
  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private int open;

  private static final class Entry {
    final Promise<JsonObject> answer = Promise.promise();
    long until = Long.MAX_VALUE;
  }

  /**
   * @param source asks
   * @param clock milliseconds
   */
  ApiCache(
      ControlApiOptions options,
      Function<String, Future<JsonObject>> source,
      LongSupplier clock,
      ApiMeters meters) {
    this.options = options;
    this.source = source;
    this.clock = clock;
    this.meters = meters;
  }

  /** The answer to a question; complete already when it is known. */
  Future<JsonObject> get(String path) {
    Entry known = entries.get(path);
    if (known != null && clock.getAsLong() < known.until) {
      meters.hit();
      return known.answer.future();
    }
    if (open >= options.maxLookups()) {
      meters.refused();
      return Future.failedFuture(
          Failure.of(
                  FailureCode.UNAVAILABLE,
                  open + " questions to the control API are open, the most allowed")
              .toException());
    }
    Entry asked = new Entry();
    entries.put(path, asked);
    makeRoom();
    open++;
    source.apply(path).onComplete(done -> answered(path, asked, done.result(), done.cause()));
    return asked.answer.future();
  }

  int size() {
    return entries.size();
  }

  private void makeRoom() {
    if (entries.size() > options.maxEntries()) {
      Iterator<Map.Entry<String, Entry>> eldest = entries.entrySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  private void answered(String path, Entry asked, JsonObject result, Throwable cause) {
    open--;
    if (cause == null) {
      asked.until = clock.getAsLong() + options.cache().toMillis();
      asked.answer.complete(result);
      return;
    }
    if (Failure.of(cause).code() == FailureCode.NOT_FOUND) {
      asked.until = clock.getAsLong() + options.notFoundCache().toMillis();
    } else {
      entries.remove(path, asked);
    }
    asked.answer.fail(cause);
  }
}
