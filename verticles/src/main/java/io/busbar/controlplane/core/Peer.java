package io.busbar.controlplane.core;

import java.util.Map;
import java.util.TreeMap;

/** One peer as this host sees it. */
final class Peer {
  final HostName host;
  PeerState state = PeerState.CONNECTING;
  long since;

  /** Whether this host pings it; else another host of ours does and tells. */
  boolean probed = true;

  /** Named by configuration or discovery, not by hearsay. */
  boolean discovered;

  /** Grows with each admission. */
  long incarnation;

  int misses;
  long nextPing;
  long pingNumber;
  long pingUntil;
  boolean pinging;
  long backoff;
  long nextList;
  long nextQuestion;

  /** Before this, what other hosts doubt does not count again. */
  long nextDoubt = Long.MIN_VALUE;

  /** A gone host spoke to us; it must answer before it counts again. */
  boolean reviving;

  /** Who did not name this suspect as healthy, and when. */
  final Map<HostName, Long> omittedBy = new TreeMap<>();

  Peer(HostName host, long now) {
    this.host = host;
    this.since = now;
    this.nextPing = now;
  }
}
