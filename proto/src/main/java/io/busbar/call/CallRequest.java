package io.busbar.call;

import io.busbar.bus.v1.RequestHead;
import java.util.Objects;

/**
 * What a call asks for.
 *
 * @param pool which workers
 * @param head what the worker is told; immutable, travels by reference on a node
 * @param remainingMillis until the caller's deadline, 0 = the pool's queue time-out plus time-out
 * @param timeoutMillis from slot to end, 0 = the pool's time-out
 * @param priority 0 = normal, larger = sooner
 * @param tenant whose share of the queue it uses, "" = the common one
 * @param affinity key that prefers one worker, "" = none
 * @param only the one worker of the pool that may run it, null = any. Such a call is not queued
 *     with the others: it asks that worker again, with back-off; it ends with NO_WORKER when the
 *     worker is gone, with UNAVAILABLE when it takes no calls
 */
public record CallRequest(
    String pool,
    RequestHead head,
    long remainingMillis,
    long timeoutMillis,
    int priority,
    String tenant,
    String affinity,
    WorkerRef only) {
  public CallRequest {
    Objects.requireNonNull(pool, "pool");
    Objects.requireNonNull(head, "head");
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(affinity, "affinity");
  }

  public CallRequest(
      String pool,
      RequestHead head,
      long remainingMillis,
      long timeoutMillis,
      int priority,
      String tenant,
      String affinity) {
    this(pool, head, remainingMillis, timeoutMillis, priority, tenant, affinity, null);
  }

  public static CallRequest to(String pool, RequestHead head) {
    return new CallRequest(pool, head, 0, 0, 0, "", "");
  }

  public CallRequest withRemaining(long millis) {
    return new CallRequest(pool, head, millis, timeoutMillis, priority, tenant, affinity, only);
  }

  public CallRequest withTimeout(long millis) {
    return new CallRequest(pool, head, remainingMillis, millis, priority, tenant, affinity, only);
  }

  public CallRequest withPriority(int value) {
    return new CallRequest(
        pool, head, remainingMillis, timeoutMillis, value, tenant, affinity, only);
  }

  public CallRequest withTenant(String value) {
    return new CallRequest(
        pool, head, remainingMillis, timeoutMillis, priority, value, affinity, only);
  }

  public CallRequest withAffinity(String value) {
    return new CallRequest(
        pool, head, remainingMillis, timeoutMillis, priority, tenant, value, only);
  }

  public CallRequest withOnly(WorkerRef worker) {
    return new CallRequest(
        pool, head, remainingMillis, timeoutMillis, priority, tenant, affinity, worker);
  }
}
