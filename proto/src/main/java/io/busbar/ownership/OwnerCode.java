package io.busbar.ownership;

/** What became of a request. */
public enum OwnerCode {
  /** A new epoch began, for the holder in the record. */
  GRANTED(1, true),
  /** Nothing changed: it is what the request wants it to be. */
  HELD(2, true),
  /** Reserved for the host; asking again makes it the owner. */
  RESERVED(3, true),
  SEALED(4, true),
  UNSEALED(5, true),
  RELEASED(6, true),
  /** The record is gone. */
  DROPPED(7, true),

  /** Another session holds it. */
  OWNED_BY_OTHER(20, false),
  /** Reserved for another host. */
  RESERVED_FOR_OTHER(21, false),
  /** Its holder does not answer, and is not known to be dead. */
  OWNER_SUSPECT(22, false),
  /** The key has another epoch than the request says. */
  STALE_EPOCH(23, false),
  /** Nobody holds it. */
  NOT_OWNED(24, false),
  /** It is sealed: for another host, or the holder has to unseal it first. */
  IS_SEALED(25, false),
  /** The holder is another one than the request was made for; look and ask again. */
  LOOK_AGAIN(26, false),
  /** Less than a majority of the nodes is there. */
  NO_MAJORITY(27, false),
  /** The request can never be done. */
  INVALID(28, false),
  /** No new key: there are too many. */
  TOO_MANY(29, false);

  private final int wire;
  private final boolean done;

  OwnerCode(int wire, boolean done) {
    this.wire = wire;
    this.done = done;
  }

  /** Number on the wire and in records; never used again for something else. */
  public int wire() {
    return wire;
  }

  /** Whether the request was done, or needed nothing. */
  public boolean isDone() {
    return done;
  }

  /** {@link #INVALID} for a number this build does not know. */
  public static OwnerCode ofWire(int number) {
    for (OwnerCode code : values()) {
      if (code.wire == number) {
        return code;
      }
    }
    return INVALID;
  }
}
