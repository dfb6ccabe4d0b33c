package io.busbar.controlplane.core;

import io.busbar.controlplane.core.Vote.Reason;
import io.busbar.ownership.ConfirmOwner;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRules;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whether a host may own a key, by what one voter knows: table 2.4 of the protocol. The rows that
 * depend on the key are decided by the rules of the ownership map, here for voters that keep their
 * votes in memory, in the map's entries for our nodes. Pure.
 */
public final class VoteRules {
  /** Longest key, bytes of UTF-8. */
  public static final int MOST_KEY_BYTES = 512;

  /** The rules do not look at a key's name. */
  private static final String KEY = "key";

  /** Such voters count epochs from 1 and know no other clock than their own. */
  private static final OwnerRequest.Stamp NO_CLOCK = new OwnerRequest.Stamp(0, 0, 0);

  private VoteRules() {}

  /** Whether the text can be a key. */
  public static boolean isKey(String key) {
    return !key.isEmpty()
        && key.length() <= MOST_KEY_BYTES
        && key.getBytes(StandardCharsets.UTF_8).length <= MOST_KEY_BYTES;
  }

  /**
   * Rows 1 to 4, which do not depend on the key.
   *
   * @param node state of the voter
   * @param newHost who is to own the key; null = the request makes no sense
   * @param leaves the new host is the voter, or one of its authority, and takes nothing new
   * @param standing of the new host
   * @return null = the key decides
   */
  public static Vote refusal(NodeState node, HostName newHost, boolean leaves, Standing standing) {
    if (newHost == null) {
      return Vote.no(Reason.INVALID, "invalid");
    }
    if (node == NodeState.FENCED) {
      return Vote.no(Reason.NO_QUORUM, "no quorum");
    }
    if (node == NodeState.JOINING || node == NodeState.STARTING) {
      return Vote.no(Reason.JOINING, "joining");
    }
    if (leaves) {
      return Vote.no(Reason.DRAINING, "draining");
    }
    return standing == Standing.LIVE ? null : Vote.no(Reason.UNAVAILABLE, "host not available");
  }

  /**
   * Decides one request of a voter that stands for itself alone and remembers what it voted. From
   * row 5 on the key's rules decide ({@link OwnerRules}), as in the ownership map: a vote counts as
   * an owner's entry, and a lease that lapsed as the end of the owner's session.
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
    boolean leaves = newHost != null && newHost.equals(self) && node.isLeaving();
    Vote refused = refusal(node, newHost, leaves, standing);
    if (newHost != null && (node == NodeState.CLOSING || node == NodeState.STOPPED)) {
      // Others may count this host out already, so its vote must not make a majority.
      return Vote.no(Reason.DRAINING, "closing");
    } else if (refused != null) {
      return refused;
    }
    boolean handedOver =
        held != null
            && epoch > held.epoch()
            && !held.owner().equals(self)
            && new Release(held.owner(), held.epoch()).equals(release);
    OwnerRequest.Confirm confirm =
        new OwnerRequest.Confirm(
            NO_CLOCK,
            new Holder(newHost.toString(), 0),
            epoch == 0 ? ConfirmOwner.RESERVE_MILLIS : 0,
            epoch,
            handedOver,
            held == null ? "" : held.owner().toString(),
            held == null ? HostState.UNKNOWN : state(held));
    OwnerAnswer answer = OwnerRules.decide(KEY, record(held), confirm).answer();
    return vote(answer, newHost, held, handedOver);
  }

  private static HostState state(Held held) {
    if (held.lapsed()) {
      return HostState.GONE;
    }
    return switch (held.standing()) {
      case LIVE, LEAVING -> HostState.ALIVE;
      // Found dead, yet it may still write on its lease.
      case SUSPECT, UNKNOWN, GONE -> HostState.SUSPECT;
    };
  }

  private static OwnerRecord record(Held held) {
    if (held == null) {
      return null;
    }
    HostName target = held.sealedFor();
    return new OwnerRecord(
        KEY,
        target == null ? OwnerState.OWNED : OwnerState.SEALED,
        new Holder(held.owner().toString(), 0),
        held.epoch(),
        target == null ? "" : target.toString(),
        null,
        0,
        List.of());
  }

  private static Vote vote(OwnerAnswer answer, HostName newHost, Held held, boolean handedOver) {
    return switch (answer.code()) {
      case RESERVED -> Vote.yes(Reason.RESERVED);
      case HELD -> Vote.yes(Reason.REFRESHED);
      case GRANTED -> Vote.yes(granted(newHost, held, handedOver));
      case OWNED_BY_OTHER ->
          held.firm()
              ? Vote.no(Reason.OWNED, "owned by " + held.owner())
              : Vote.no(Reason.RESERVED_FOR_OTHER, "owned by " + held.owner());
      // A mere reservation with a larger epoch is no owner that others must give way to.
      case STALE_EPOCH ->
          Vote.no(
              held.firm() ? Reason.STALE_EPOCH : Reason.RESERVED_FOR_OTHER,
              "owned by " + held.owner());
      case OWNER_SUSPECT ->
          held.standing() == Standing.GONE
              ? Vote.no(Reason.LEASED, "owner's lease runs, retry")
              : Vote.no(Reason.OWNER_SUSPECT, "owner suspect, retry");
      default -> Vote.no(Reason.INVALID, "invalid");
    };
  }

  private static Reason granted(HostName newHost, Held held, boolean handedOver) {
    if (held == null) {
      return Reason.RESERVED;
    } else if (held.owner().equals(newHost)) {
      return Reason.REFRESHED;
    } else if (handedOver || newHost.equals(held.sealedFor())) {
      return Reason.HANDED_OVER;
    }
    return held.firm() ? Reason.TAKEN_OVER : Reason.RESERVED;
  }
}
