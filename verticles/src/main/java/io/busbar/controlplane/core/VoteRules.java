package io.busbar.controlplane.core;

import java.nio.charset.StandardCharsets;

/**
 * Whether a host may own any key, by what one voter knows: rows 1 to 4 of table 2.4 of the
 * protocol. The rows that depend on the key are decided in its entry of the ownership map. Pure.
 */
public final class VoteRules {
  /** Longest key, bytes of UTF-8. */
  public static final int MOST_KEY_BYTES = 512;

  private VoteRules() {}

  /** Whether the text can be a key. */
  public static boolean isKey(String key) {
    return !key.isEmpty()
        && key.length() <= MOST_KEY_BYTES
        && key.getBytes(StandardCharsets.UTF_8).length <= MOST_KEY_BYTES;
  }

  /**
   * Rows 1 to 4.
   *
   * @param node state of the voter
   * @param newHost who is to own the key; null = the request makes no sense
   * @param leaves the new host is the voter, or one of its authority, and takes nothing new
   * @param standing of the new host
   * @return null = the key decides
   */
  public static Refusal refusal(
      NodeState node, HostName newHost, boolean leaves, Standing standing) {
    if (newHost == null) {
      return Refusal.INVALID;
    }
    if (node == NodeState.FENCED) {
      return Refusal.NO_QUORUM;
    }
    if (node == NodeState.JOINING || node == NodeState.STARTING) {
      return Refusal.JOINING;
    }
    if (leaves) {
      return Refusal.DRAINING;
    }
    return standing == Standing.LIVE ? null : Refusal.UNAVAILABLE;
  }
}
