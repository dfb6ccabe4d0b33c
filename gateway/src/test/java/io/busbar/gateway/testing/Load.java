package io.busbar.gateway.testing;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Clients that always have a call under way: when one ends, the next one starts. A failure that
 * says a retry is safe is sent again, at another node. Half of the calls are long, so that a fault
 * finds them in the middle of their answer; the others are short, so that it finds them anywhere.
 */
public final class Load implements AutoCloseable {
  private static final int BODY = 20_000;
  private static final String LONG_MILLIS = "2000";
  private static final String SHORT_MILLIS = "400";
  private static final long PAUSE_MILLIS = 200;
  private static final int MOST_TRIES = 100;

  /** How a call ended, its retries included. */
  public enum How {
    WHOLE,
    /** A success with another body than the one sent. */
    WRONG,
    /** A definite error, no retry allowed, or the connection broke. */
    FAILED,
    /** Still told to try again after many tries. */
    NEVER
  }

  /**
   * One call.
   *
   * @param entry node where its last try entered
   * @param tries how often it was sent
   * @param started of the first try, by System.nanoTime
   * @param longestTry nanoseconds
   */
  public record End(
      How how, String detail, String entry, int tries, long started, long ended, long longestTry) {}

  private final List<NodeProcess> entries;
  private final Duration deadline;
  private final String body = "0123456789".repeat(BODY / 10);
  private final Queue<End> ends = new ConcurrentLinkedQueue<>();
  private final List<CompletableFuture<Void>> clients = new ArrayList<>();
  private final AtomicInteger retries = new AtomicInteger();
  private volatile boolean stopping;

  private Load(List<NodeProcess> entries, Duration deadline) {
    this.entries = List.copyOf(entries);
    this.deadline = deadline;
  }

  /**
   * Starts that many clients; their calls enter the nodes in turn.
   *
   * @param deadline of each try
   */
  public static Load start(List<NodeProcess> entries, int clients, Duration deadline) {
    Load load = new Load(entries, deadline);
    for (int i = 0; i < clients; i++) {
      load.clients.add(load.client(i, 0));
    }
    return load;
  }

  /** No further calls; waits for those under way, and returns all of them. */
  public List<End> stop(long seconds) throws Exception {
    stopping = true;
    CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new))
        .get(seconds, TimeUnit.SECONDS);
    return List.copyOf(ends);
  }

  /** Calls sent again so far, because their failure said that it is safe. */
  public int retries() {
    return retries.get();
  }

  /** No further calls; does not wait for those under way. */
  @Override
  public void close() {
    stopping = true;
  }

  private CompletableFuture<Void> client(int number, int turn) {
    if (stopping) {
      return CompletableFuture.completedFuture(null);
    }
    String sleep = number % 2 == 0 ? LONG_MILLIS : SHORT_MILLIS;
    return attempt(number / 2 + turn, sleep, 1, System.nanoTime(), 0)
        .thenCompose(
            end -> {
              ends.add(end);
              return end.how() == How.WHOLE
                  ? client(number, turn)
                  : paused(() -> client(number, turn + 1));
            });
  }

  private CompletableFuture<End> attempt(
      int turn, String sleep, int tries, long started, long longest) {
    NodeProcess entry = entries.get(Math.floorMod(turn, entries.size()));
    long sent = System.nanoTime();
    return entry
        .callAsync(
            "echo", body, Map.of("X-Sleep-Ms", sleep, "Busbar-Timeout", deadline.toMillis() + "ms"))
        .handle(this::look)
        .thenCompose(
            seen -> {
              long now = System.nanoTime();
              long most = Math.max(longest, now - sent);
              if (seen.how() != How.NEVER || tries == MOST_TRIES) {
                return CompletableFuture.completedFuture(
                    new End(seen.how(), seen.detail(), entry.name(), tries, started, now, most));
              }
              retries.incrementAndGet();
              return paused(() -> attempt(turn + 1, sleep, tries + 1, started, most));
            });
  }

  private record Seen(How how, String detail) {}

  private Seen look(HttpResponse<String> answer, Throwable cause) {
    if (cause != null) {
      return new Seen(How.FAILED, String.valueOf(cause));
    }
    if (answer.statusCode() == 200) {
      return body.equals(answer.body())
          ? new Seen(How.WHOLE, "")
          : new Seen(How.WRONG, answer.body().length() + " of " + body.length() + " characters");
    }
    boolean again =
        answer.body().startsWith("{") && new JsonObject(answer.body()).getBoolean("retryable");
    return new Seen(again ? How.NEVER : How.FAILED, answer.body());
  }

  private static <T> CompletableFuture<T> paused(Supplier<CompletableFuture<T>> next) {
    return CompletableFuture.supplyAsync(
            next, CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS))
        .thenCompose(future -> future);
  }
}
