package io.busbar.fnlb;

import java.time.Duration;
import java.util.Objects;

/**
 * How Fn's control API is asked.
 *
 * @param url {@code fn-lb.api.url}: base, such as {@code http://api:8080}; "" = not asked at all
 * @param timeout {@code fn-lb.api.timeout}: of one attempt
 * @param cache {@code fn-lb.api.cache}: how long an answer is used
 * @param notFoundCache {@code fn-lb.api.not-found-cache}: how long a "there is no such thing" is
 * @param retries {@code fn-lb.api.retries}: attempts after the first, on 5xx and lost connections
 * @param firstPause {@code fn-lb.api.retry-pause}: before the first of them; doubles, 1 s at most
 * @param maxEntries {@code fn-lb.api.max-entries}: answers kept on one lane
 * @param maxLookups {@code fn-lb.api.max-lookups}: questions open at once on one lane
 * @param maxAnswer {@code fn-lb.api.max-answer}: bytes of one answer
 */
public record ControlApiOptions(
    String url,
    Duration timeout,
    Duration cache,
    Duration notFoundCache,
    int retries,
    Duration firstPause,
    int maxEntries,
    int maxLookups,
    int maxAnswer) {

  /** No control API. */
  public static final ControlApiOptions NONE =
      new ControlApiOptions(
          "",
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          5,
          Duration.ofMillis(25),
          10_000,
          256,
          1 << 20);

  public ControlApiOptions {
    Objects.requireNonNull(url, "url");
    least("timeout", timeout.toMillis(), 1);
    least("retries", retries, 0);
    least("retry-pause", firstPause.toMillis(), 1);
    least("max-entries", maxEntries, 1);
    least("max-lookups", maxLookups, 1);
    least("max-answer", maxAnswer, 1024);
  }

  private static void least(String key, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "fn-lb.api." + key + ": " + value + ", expected at least " + least);
    }
  }

  /** The same at another place. */
  public ControlApiOptions at(String newUrl) {
    return new ControlApiOptions(
        newUrl,
        timeout,
        cache,
        notFoundCache,
        retries,
        firstPause,
        maxEntries,
        maxLookups,
        maxAnswer);
  }
}
