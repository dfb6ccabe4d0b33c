package io.busbar.controlplane.core;

import io.busbar.controlplane.core.Vote.Reason;
import java.nio.charset.StandardCharsets;

/** Whether a host may own a key, by what one voter knows. Pure. */
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
   * Decides one request.
   *
   * @param node state of the voter
   * @param self the voter
   * @param newHost who is to own the key; null = the request makes no sense
   * @param standing of the new host
   * @param epoch asked for; 0 = the caller knows none
   * @param release what the caller says that the owner said; null = nothing
   * @param held null = nobody has it
   */
  public static Vote judge(
      NodeState node,
      HostName self,
      HostName newHost,
      Standing standing,
      long epoch,
      Release release,
      Held held) {
    if (newHost == null) {
      return Vote.no(Reason.INVALID, "invalid");
    }
    if (node == NodeState.FENCED) {
      return Vote.no(Reason.NO_QUORUM, "no quorum");
    }
    if (node == NodeState.JOINING || node == NodeState.STARTING) {
      return Vote.no(Reason.JOINING, "joining");
    }
    if (node == NodeState.CLOSING || node == NodeState.STOPPED) {
      // Others may count this host out already, so its vote must not make a majority.
      return Vote.no(Reason.DRAINING, "closing");
    }
    if (newHost.equals(self) && node.isLeaving()) {
      return Vote.no(Reason.DRAINING, "draining");
    }
    if (standing != Standing.LIVE) {
      return Vote.no(Reason.UNAVAILABLE, "host not available");
    }
    if (held == null) {
      return Vote.yes(Reason.RESERVED);
    }
    if (held.owner().equals(newHost)) {
      return again(epoch, held);
    }
    boolean released =
        new Release(held.owner(), held.epoch()).equals(release) && epoch > held.epoch();
    return released && !held.owner().equals(self)
        ? Vote.yes(Reason.HANDED_OVER)
        : other(self, newHost, epoch, held);
  }

  private static Vote again(long epoch, Held held) {
    return epoch > 0 && epoch < held.epoch() ? stale(held) : Vote.yes(Reason.REFRESHED);
  }

  private static Vote other(HostName self, HostName newHost, long epoch, Held held) {
    if (epoch > 0 && epoch <= held.epoch()) {
      return stale(held);
    }
    if (held.owner().equals(self) && newHost.equals(held.sealedFor())) {
      return Vote.yes(Reason.HANDED_OVER);
    }
    if (held.lapsed()) {
      return Vote.yes(held.firm() ? Reason.TAKEN_OVER : Reason.RESERVED);
    }
    if (!held.firm() && (held.owner().equals(self) || held.standing() == Standing.LIVE)) {
      return Vote.no(Reason.RESERVED_FOR_OTHER, "owned by " + held.owner());
    }
    return switch (held.standing()) {
      case LIVE, LEAVING -> owned(held);
      case SUSPECT, UNKNOWN -> Vote.no(Reason.OWNER_SUSPECT, "owner suspect, retry");
      // Found dead, yet it may still write on its lease.
      case GONE -> Vote.no(Reason.LEASED, "owner's lease runs, retry");
    };
  }

  private static Vote owned(Held held) {
    return Vote.no(Reason.OWNED, "owned by " + held.owner());
  }

  private static Vote stale(Held held) {
    // A mere reservation with a larger epoch is no owner that others must give way to.
    Reason reason = held.firm() ? Reason.STALE_EPOCH : Reason.RESERVED_FOR_OTHER;
    return Vote.no(reason, "owned by " + held.owner());
  }
}
