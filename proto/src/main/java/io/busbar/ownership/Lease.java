package io.busbar.ownership;

import io.vertx.core.Handler;

/**
 * The lease of this node's session: for how long the keys that it holds are surely its own as far
 * as time goes. It is renewed by the node itself every third of {@code ownership.ttl}, once for all
 * keys. Thread-safe.
 *
 * <p>A lease is a courtesy to the others, not the protection: a process can be stopped between the
 * look at the lease and the write. The protection is the resource's {@link Fence}.
 */
public interface Lease {
  /** This node's session; null = it has none at present (no claim yet, or it was lost). */
  Holder session();

  /**
   * How long this node may go on writing if no renewal succeeds any more, in ms on its own
   * monotonic clock: {@code ttl - margin} from the send of the last good renewal. 0 = stop writing.
   */
  long remainingMillis();

  /**
   * Called, on the context of this call, with the session whenever one is lost with all its keys.
   */
  Runnable onLost(Handler<Holder> handler);
}
