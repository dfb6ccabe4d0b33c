package io.busbar.ownership;

import java.util.Objects;

/**
 * A wish to own a key.
 *
 * @param key the key
 * @param holder who is to own it; null = this node
 * @param ttlMillis lease of the holder's session, if this begins it: 0 = it does not lapse by
 *     itself; -1 = {@code ownership.ttl}. A session of one of our nodes keeps its own
 * @param requestId repeats with one id get one answer while the key remembers it; 0 = one is made
 * @param proposed smallest epoch that will do; 0 = any. At most 2^32 above the present one
 */
public record Claim(String key, Holder holder, long ttlMillis, long requestId, long proposed) {
  public Claim {
    Objects.requireNonNull(key, "key");
  }

  /** For this node. */
  public static Claim of(String key) {
    return new Claim(key, null, -1, 0, 0);
  }

  public static Claim of(String key, Holder holder) {
    return new Claim(key, holder, -1, 0, 0);
  }

  public Claim withTtl(long millis) {
    return new Claim(key, holder, millis, requestId, proposed);
  }

  public Claim withRequestId(long id) {
    return new Claim(key, holder, ttlMillis, id, proposed);
  }

  public Claim withProposed(long epoch) {
    return new Claim(key, holder, ttlMillis, requestId, epoch);
  }
}
