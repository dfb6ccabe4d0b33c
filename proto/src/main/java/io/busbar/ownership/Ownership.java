package io.busbar.ownership;

import io.busbar.bus.Addresses;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.List;
import java.util.function.Function;

/**
 * Client API of the ownership primitive: a key belongs to at most one holder per epoch, epochs of a
 * key only grow, also over a stop of the whole cluster, and every change is announced. Use it on
 * one context: the lane's, or the plugin instance's. Nothing blocks.
 *
 * <p><b>What an owner must do.</b> Send the epoch with each write to the resource; stop writing
 * when {@link Lease#remainingMillis} is 0; drop a key when a change says that it has another epoch.
 * <b>What a resource must do.</b> Keep a {@link Fence} per key, and refuse what the fence refuses.
 * Until a split of the cluster is detected both halves may grant: only the resource excludes.
 *
 * <p><b>Answers.</b> A refusal is an {@link OwnerAnswer}, not a failed future: it says who owns the
 * key. Futures fail with a {@link io.busbar.failure.Failure}: NO_MAJORITY when less than a majority
 * of the nodes is there, DRAINING when this node ends and is to own nothing new, CLOCK_SKEW when
 * this node's clock is off, UNAVAILABLE when the entry cannot be reached (a request is repeated
 * inside with its id until it is certain, so after UNAVAILABLE it may have been done),
 * INVALID_REQUEST for a bad name. Reads are served without majority too.
 *
 * <p><b>Hand-over without loss.</b> The owner stops writing, flushes, and calls {@link #seal} for
 * the target; the target calls {@link #take} with the epoch it was told, loads, and writes under
 * the new epoch. If the target fails before it took the key, the owner calls {@link #unseal} and
 * goes on; of {@code take} and {@code unseal} one succeeds.
 */
public interface Ownership {
  /**
   * The channel (io.busbar.channel) of all changes, in JSON, to follow with resume. Its order holds
   * per key unless the entry's node changed meanwhile; epochs tell.
   */
  String CHANNEL = Addresses.OWNERSHIP;

  /** Longest key, in UTF-8 bytes. */
  int MAX_KEY = 512;

  /** Longest host name, in UTF-8 bytes. */
  int MAX_HOST = 253;

  /** Most keys of one {@link #claimAll}. */
  int MOST_AT_ONCE = 10_000;

  /**
   * Makes this node own a key. GRANTED with a new epoch when it is free, released, or its holder's
   * session is over; HELD with the present epoch when this session owns it already.
   */
  default Future<OwnerAnswer> claim(String key) {
    return claim(Claim.of(key));
  }

  /**
   * The same for any holder. A holder that is no session of one of our nodes has its session begun
   * by this; whoever acts for it renews it with {@link #renewSession}.
   */
  Future<OwnerAnswer> claim(Claim claim);

  /**
   * {@link #claim(String)} of many keys with few messages, for a node that takes over what another
   * one held. One answer per key, in their order; a key that hosts outside did not agree to is
   * answered NO_MAJORITY. Fails as a claim does, then some of the keys may have been claimed:
   * claimed again they are HELD.
   *
   * @param keys at most {@link #MOST_AT_ONCE}
   */
  default Future<List<OwnerAnswer>> claimAll(List<String> keys) {
    return claimAll(null, keys);
  }

  /**
   * The same for any holder, as {@link #claim(Claim)}.
   *
   * @param holder null = this node
   */
  default Future<List<OwnerAnswer>> claimAll(Holder holder, List<String> keys) {
    return Future.all(keys.stream().map(key -> claim(Claim.of(key, holder))).toList())
        .map(CompositeFuture::list);
  }

  /** HELD when the key still has that epoch and is owned or sealed; renews nothing. */
  Future<OwnerAnswer> check(String key, long epoch);

  /** {@link #check}, then renews the holder's session, and with it all its keys. */
  Future<OwnerAnswer> renew(String key, long epoch);

  /**
   * The holder has stopped writing, so that the target can take it. Same epoch.
   *
   * @param target host that may take it; "" = any
   */
  Future<OwnerAnswer> seal(String key, long epoch, String target);

  /** Undoes {@link #seal}: same holder, same epoch. */
  Future<OwnerAnswer> unseal(String key, long epoch);

  /** This node takes a key that is sealed for it, or for any. GRANTED with a new epoch. */
  Future<OwnerAnswer> take(String key, long epoch);

  /**
   * Gives a key to another holder in one step; for an owner that has stopped writing by itself.
   * GRANTED with a new epoch.
   */
  Future<OwnerAnswer> move(String key, long epoch, Holder to);

  /** Gives a key back; its epoch is remembered. Done again, it is RELEASED again. */
  Future<OwnerAnswer> release(String key, long epoch);

  /**
   * Decides a ConfirmOwner request in the key's entry, in one step.
   *
   * <p>Row 5, nobody owns it: RESERVED, or GRANTED if the host speaks epochs or nothing is to be
   * reserved. Row 6, its own: HELD, or GRANTED when it was reserved, or the host has a new
   * incarnation. Row 7, sealed for it: GRANTED. Rows 8 and 9: OWNED_BY_OTHER or RESERVED_FOR_OTHER.
   * Row 10: OWNER_SUSPECT. Row 11: GRANTED. With an epoch, also STALE_EPOCH when another host has
   * the same or a higher one, and GRANTED for a hand-off. The epoch in the answer counts, not the
   * one proposed.
   *
   * @param hosts what is known of a host other than our nodes' sessions; asked on this context for
   *     the one that holds the key, and again if it changed meanwhile
   */
  Future<OwnerAnswer> confirm(ConfirmOwner request, Function<String, HostState> hosts);

  /** What a key is; null in the future = nothing is known of it. */
  Future<OwnerRecord> get(String key);

  /**
   * Keys by name.
   *
   * @param host only those it holds; "" = all that somebody holds
   * @param after only keys after this one; "" = from the start
   * @param limit most records, at most {@link OwnerPage#MOST}
   */
  Future<OwnerPage> list(String host, String after, int limit);

  /**
   * Told of changes as they are heard, on this context; what is missed is not repeated. To be told
   * without gap follow {@link #CHANNEL}.
   *
   * @return ends it
   */
  Runnable watch(Handler<OwnerChange> handler);

  /** Of this node. */
  Lease lease();

  /** Keys that this node's session holds, as this node knows it, with their epochs. A snapshot. */
  List<HeldKey> held();

  /** How many keys {@link #held} would name. Any thread. */
  default int heldCount() {
    return held().size();
  }

  /**
   * Begins or renews the session of a holder, one record for all its keys.
   *
   * @param ttlMillis lease; 0 = it ends only by {@link #endSession}; -1 = {@code ownership.ttl}
   * @return false = it is over for ever: its keys may have been taken
   */
  Future<Boolean> renewSession(Holder holder, long ttlMillis);

  /**
   * Ends a session: its keys may be taken at once. For a verdict that a host is gone, and for a
   * host that has stopped writing.
   *
   * @param cause for people
   */
  Future<Void> endSession(Holder holder, String cause);

  /** Sessions that are known here, ended ones too for a while. A snapshot, any thread. */
  List<SessionInfo> sessions();

  /** One session as known here; null = never heard of. Any thread. */
  SessionInfo session(Holder holder);

  /** The open session of a host that was begun last, as known here; null = none. Any thread. */
  Holder openSession(String host);

  /** A key and the epoch under which it is held. */
  record HeldKey(String key, long epoch) {}
}
