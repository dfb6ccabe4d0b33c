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
 */
public record CallRequest(
    String pool,
    RequestHead head,
    long remainingMillis,
    long timeoutMillis,
    int priority,
    String tenant,
    String affinity) {
  public CallRequest {
    Objects.requireNonNull(pool, "pool");
    Objects.requireNonNull(head, "head");
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(affinity, "affinity");
  }

  public static CallRequest to(String pool, RequestHead head) {
    return new CallRequest(pool, head, 0, 0, 0, "", "");
  }

  public CallRequest withRemaining(long millis) {
    return new CallRequest(pool, head, millis, timeoutMillis, priority, tenant, affinity);
  }

  public CallRequest withTimeout(long millis) {
    return new CallRequest(pool, head, remainingMillis, millis, priority, tenant, affinity);
  }

  public CallRequest withPriority(int value) {
    return new CallRequest(pool, head, remainingMillis, timeoutMillis, value, tenant, affinity);
  }

  public CallRequest withTenant(String value) {
    return new CallRequest(pool, head, remainingMillis, timeoutMillis, priority, value, affinity);
  }

  public CallRequest withAffinity(String value) {
    return new CallRequest(pool, head, remainingMillis, timeoutMillis, priority, tenant, value);
  }
}
