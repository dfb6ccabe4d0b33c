package io.busbar.ownership.rules;

import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerRecord.Reservation;
import io.busbar.ownership.OwnerState;
import io.busbar.ownership.rules.OwnerRequest.Confirm;

/** Table 2.4 of ControlPlane's page from row 5 on, with the epochs of 3.3. */
final class ConfirmRules {
  private ConfirmRules() {}

  static Decision decide(String key, OwnerRecord before, Confirm confirm) {
    if (before == null || !before.isHeld()) {
      return free(key, before, confirm);
    } else if (before.holder().host().equals(confirm.newHost().host())) {
      return own(key, before, confirm);
    } else if (!before.holder().host().equals(confirm.owner())) {
      return OwnerRules.same(before, OwnerCode.LOOK_AGAIN);
    }
    return others(key, before, confirm);
  }

  /** Rows 5, 6 and 9 for a key that nobody owns. */
  private static Decision free(String key, OwnerRecord before, Confirm confirm) {
    Reservation reserved = OwnerRules.reservation(before, confirm.stamp());
    Holder wants = confirm.newHost();
    if (reserved != null && !reserved.holder().host().equals(wants.host())) {
      return OwnerRules.same(before, OwnerCode.RESERVED_FOR_OTHER);
    } else if (before != null && confirm.epoch() != 0 && confirm.epoch() <= before.epoch()) {
      return OwnerRules.same(before, OwnerCode.STALE_EPOCH);
    } else if (reserved == null && confirm.epoch() == 0 && confirm.reserveMillis() > 0) {
      long until = confirm.stamp().clock() + confirm.reserveMillis();
      return OwnerRules.reserved(key, before, wants, until, confirm.stamp());
    }
    return OwnerRules.grant(key, before, wants, confirm.epoch(), confirm.stamp());
  }

  /** Row 6: the host's own. */
  private static Decision own(String key, OwnerRecord before, Confirm confirm) {
    long says = confirm.epoch();
    if (says != 0 && says < before.epoch()) {
      return OwnerRules.same(before, OwnerCode.STALE_EPOCH);
    }
    boolean newLife =
        confirm.newHost().incarnation() != 0
            && confirm.newHost().incarnation() != before.holder().incarnation();
    return newLife || says > before.epoch()
        ? OwnerRules.grant(key, before, confirm.newHost(), says, confirm.stamp())
        : OwnerRules.same(before, OwnerCode.HELD);
  }

  /** Rows 7 to 11: another host's. */
  private static Decision others(String key, OwnerRecord before, Confirm confirm) {
    if (confirm.epoch() != 0 && confirm.epoch() <= before.epoch()) {
      return OwnerRules.same(before, OwnerCode.STALE_EPOCH);
    }
    boolean given =
        confirm.handoff()
            || (before.state() == OwnerState.SEALED
                && (before.target().isEmpty() || before.target().equals(confirm.newHost().host())));
    if (given) {
      return OwnerRules.grant(key, before, confirm.newHost(), confirm.epoch(), confirm.stamp());
    }
    return switch (confirm.ownerState()) {
      case ALIVE -> OwnerRules.same(before, OwnerCode.OWNED_BY_OTHER);
      case SUSPECT, UNKNOWN -> OwnerRules.same(before, OwnerCode.OWNER_SUSPECT);
      case GONE ->
          OwnerRules.grant(key, before, confirm.newHost(), confirm.epoch(), confirm.stamp());
    };
  }
}
