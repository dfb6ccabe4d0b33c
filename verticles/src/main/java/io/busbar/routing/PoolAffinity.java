package io.busbar.routing;

/** What makes two calls of a pool prefer the same worker: {@code pools.NAME.affinity}. */
public enum PoolAffinity {
  NONE,
  /** Value of the call's header {@value #HEADER_NAME}. */
  HEADER,
  FN_ID,
  /** slot_hash_id, or fn_id when the load balancer sends none; Fn's own never does. */
  SLOT_HASH_ID;

  /** Header of {@link #HEADER}. */
  public static final String HEADER_NAME = "Busbar-Affinity";

  /** What makes the call prefer a worker, "" = nothing. */
  public String keyOf(CallFacts facts, String slotHash) {
    return switch (this) {
      case NONE -> "";
      case HEADER -> {
        String value = facts.header(HEADER_NAME);
        yield value == null ? "" : value;
      }
      case FN_ID -> facts.fnId();
      case SLOT_HASH_ID -> slotHash.isEmpty() ? facts.fnId() : slotHash;
    };
  }
}
