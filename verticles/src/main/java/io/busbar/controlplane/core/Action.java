package io.busbar.controlplane.core;

import java.util.List;

/** What the state machines want done, or say. */
public sealed interface Action {

  /** Ping the host and hand the answer, or its absence, back with the number. */
  record Ping(HostName host, long number) implements Action {}

  /** Exchange hosts: tell it these and hand back what it names. */
  record Negotiate(HostName host, List<HostName> known) implements Action {}

  /** Read what the host owns. */
  record ListOwned(HostName host) implements Action {}

  /** Tell the host that this one closes. */
  record SayClosing(HostName host, int attempt) implements Action {}

  /**
   * A peer changed.
   *
   * @param from null = was unknown
   */
  record PeerChanged(HostName host, PeerState from, PeerState to, String cause) implements Action {}

  /** This host changed. */
  record NodeChanged(NodeState from, NodeState to, String cause) implements Action {}

  /** This host must end: it was cut off for so long that a new start may help, and staying not. */
  record MustEnd(String why) implements Action {}

  /** Something that an operator should know of. */
  record Raised(Alarm alarm, String detail) implements Action {}

  /** Oddities, a bounded set for counters. */
  enum Alarm {
    /** A host that answers with another's name. */
    IDENTITY,
    /** Names in a list that are no hosts. */
    BAD_HOST,
    /** Bytes that are no message, such as names that are no UTF-8. */
    BAD_MESSAGE,
    /** More hosts than are kept. */
    TOO_MANY_HOSTS,
    /** Somebody says that this host closes. */
    SPOOFED_CLOSING,
    /** Two hosts say that they own a key. */
    DISPUTED,
    /** Clocks that differ by more than is harmless. */
    CLOCK_SKEW,
    /** Fenced for so long that the process should end. */
    FENCED_TOO_LONG
  }
}
