package io.busbar.ownership;

/** What is known of the host that holds a key, when another one wants it. */
public enum HostState {
  /** Nothing: decided like {@link #SUSPECT}. */
  UNKNOWN,
  ALIVE,
  /** Does not answer, or has said that it leaves: may still write. */
  SUSPECT,
  /** Dead by verdict, or has left: its keys may be taken. */
  GONE
}
