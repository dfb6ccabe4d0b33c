package io.busbar.call.impl;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Item;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;

/**
 * A call's connection to the dispatcher that places it. On the same node nothing gets lost; a
 * dispatcher on another node is asked again with back-off until an attempt is assigned, and
 * replaced when it is silent for too long or its node left.
 */
final class DispatcherLink {
  private static final int SLOWEST = 16;

  /**
   * Attempt numbers of two dispatchers of one call never meet: each change of dispatcher starts
   * this much higher than any number seen.
   */
  private static final int NUMBERS_PER_DISPATCHER = 256;

  private final LaneCalls owner;
  private final Lane lane;
  private final ClientCall call;
  private Endpoint dispatcher;
  private boolean remote;
  private int base;
  private int shownBefore;
  private long heardAt;
  private long backOff;
  private Lane.Timer repeat;
  private boolean gone;
  private boolean closed;

  DispatcherLink(LaneCalls owner, ClientCall call) {
    this.owner = owner;
    this.lane = owner.lane();
    this.call = call;
  }

  /** Chooses a dispatcher and submits. */
  void connect() {
    Endpoint next = owner.dispatcher();
    if (next == null || next.equals(dispatcher)) {
      closed = true;
      call.dispatcherGone(
          dispatcher == null
              ? Failure.of(FailureCode.UNAVAILABLE, "no gateway node takes calls at present")
              : Failure.of(FailureCode.NODE_LOST, "the node that places the call is lost")
                  .withRetrySafe(true));
      return;
    }
    dispatcher = next;
    gone = false;
    remote = !next.node().equals(lane.endpoint().node());
    ask();
  }

  /** Sends the standing question, and again until it is answered. */
  void ask() {
    if (gone) {
      replace();
      return;
    }
    heardAt = lane.now();
    backOff = lane.options().probeMillis();
    send();
  }

  private void send() {
    stopRepeating();
    if (closed || !call.waiting()) {
      return;
    }
    lane.send(dispatcher, call.question());
    if (remote) {
      repeat = lane.timer(backOff, this::again);
      backOff = Math.min(2 * backOff, SLOWEST * lane.options().probeMillis());
    }
  }

  private void again() {
    repeat = null;
    if (closed || !call.waiting()) {
      return;
    }
    if (lane.now() - heardAt > lane.options().lostAfterMillis()) {
      replace();
    } else {
      send();
    }
  }

  private void replace() {
    shownBefore = attemptsShown(Math.max(base, call.lastSeenAttempt()));
    base = Math.max(base, call.lastSeenAttempt()) + NUMBERS_PER_DISPATCHER;
    connect();
  }

  private void stopRepeating() {
    if (repeat != null) {
      repeat.cancel();
      repeat = null;
    }
  }

  /** Whether this comes from the call's own dispatcher. */
  boolean heard(Endpoint from) {
    if (!from.equals(dispatcher)) {
      return false;
    }
    heardAt = lane.now();
    return true;
  }

  void peerLeft(String node) {
    if (dispatcher != null && remote && !closed && dispatcher.node().equals(node)) {
      gone = true;
      if (call.waiting()) {
        replace();
      }
    }
  }

  /** Whether the present dispatcher made that attempt. */
  boolean knowsAttempt(int number) {
    return number > base;
  }

  /** What a submit says about earlier attempts. */
  int lastAttempt() {
    return base;
  }

  int attemptsShown(int attempt) {
    return shownBefore + Math.max(0, attempt - base);
  }

  /** Tells the dispatcher that an attempt runs whose accept it may never hear of. */
  void vouch(Item accept) {
    if (!closed && dispatcher != null) {
      lane.send(dispatcher, accept);
    }
  }

  void done(Item item) {
    stopRepeating();
    if (!closed && dispatcher != null) {
      lane.send(dispatcher, item);
    }
    closed = true;
  }

  /** The dispatcher has ended the call itself. */
  void close() {
    stopRepeating();
    closed = true;
  }
}
