package io.busbar.ownership;

/** Told what happens to ownership on a node, for meters. Any thread. */
public interface OwnershipObserver {
  OwnershipObserver NONE = new OwnershipObserver() {};

  /**
   * A request made here is over.
   *
   * @param what "claim", "move" …
   * @param result the answer's code or the failure's name, lower case
   */
  default void request(String what, String result, long millis) {}

  /** A request was not answered, and is repeated. */
  default void repeated() {}

  /** A change of an entry that this node holds. */
  default void changed(OwnerChange.Kind kind) {}

  /** Keys that this node holds the entries of are free, since their holder's session is over. */
  default void freed(int keys) {}

  /** This node's session was lost with all its keys. */
  default void sessionLost() {}

  /** Changes that could not be announced. */
  default void unannounced(int changes) {}
}
