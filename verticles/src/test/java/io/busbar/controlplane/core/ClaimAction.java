package io.busbar.controlplane.core;

/** What a claim wants done, or says. */
sealed interface ClaimAction {

  /**
   * Ask the host to confirm this one as owner.
   *
   * @param release of the owner that hands it over, null = nobody does
   */
  record Confirm(HostName host, String key, long epoch, long round, Release release)
      implements ClaimAction {}

  /** A claim changed. */
  record ClaimChanged(String key, ClaimState from, ClaimState to, long epoch, HostName owner)
      implements ClaimAction {}
}
