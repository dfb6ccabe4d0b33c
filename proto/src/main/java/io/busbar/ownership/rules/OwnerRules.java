package io.busbar.ownership.rules;

import io.busbar.ownership.Epochs;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerRecord.Done;
import io.busbar.ownership.OwnerRecord.Reservation;
import io.busbar.ownership.OwnerState;
import io.busbar.ownership.rules.OwnerRequest.Check;
import io.busbar.ownership.rules.OwnerRequest.ClaimKey;
import io.busbar.ownership.rules.OwnerRequest.Confirm;
import io.busbar.ownership.rules.OwnerRequest.Drop;
import io.busbar.ownership.rules.OwnerRequest.Move;
import io.busbar.ownership.rules.OwnerRequest.Release;
import io.busbar.ownership.rules.OwnerRequest.Seal;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.busbar.ownership.rules.OwnerRequest.Unseal;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of a key: the one place where an owner is made or refused. Pure. A request whose id
 * the record remembers gets the stored answer and changes nothing; every new epoch is above the
 * key's last one, above the floor, and not below the requester's clock.
 */
public final class OwnerRules {
  /** A reservation that claims to end later than this from now is none: a clock was wrong. */
  private static final long LONGEST_RESERVATION = 60_000;

  private OwnerRules() {}

  /**
   * @param key the key
   * @param before its record, null = none
   */
  public static Decision decide(String key, OwnerRecord before, OwnerRequest request) {
    Done known = known(before, request.stamp().id());
    if (known != null) {
      return new Decision(before, new OwnerAnswer(known.code(), known.epoch(), before));
    }
    if (request instanceof ClaimKey claim) {
      return claim(key, before, claim);
    } else if (request instanceof Check check) {
      return refused(before, mismatch(before, check.epoch()), OwnerCode.HELD);
    } else if (request instanceof Seal seal) {
      return seal(before, seal);
    } else if (request instanceof Unseal unseal) {
      return unseal(before, unseal);
    } else if (request instanceof Move move) {
      return move(key, before, move);
    } else if (request instanceof Release release) {
      return release(before, release);
    } else if (request instanceof Drop drop) {
      return drop(before, drop);
    } else if (request instanceof Confirm confirm) {
      return ConfirmRules.decide(key, before, confirm);
    }
    throw new IllegalStateException("no rule for " + request);
  }

  private static Done known(OwnerRecord before, long id) {
    if (before != null) {
      for (Done done : before.done()) {
        if (done.request() == id) {
          return done;
        }
      }
    }
    return null;
  }

  private static Decision claim(String key, OwnerRecord before, ClaimKey claim) {
    if (before == null || !before.isHeld()) {
      Reservation reserved = reservation(before, claim.stamp());
      return reserved != null && !reserved.holder().host().equals(claim.holder().host())
          ? same(before, OwnerCode.RESERVED_FOR_OTHER)
          : grant(key, before, claim.holder(), claim.proposed(), claim.stamp());
    } else if (before.isHeldBy(claim.holder())) {
      return same(
          before, before.state() == OwnerState.SEALED ? OwnerCode.IS_SEALED : OwnerCode.HELD);
    } else if (before.holder().equals(claim.ended())) {
      return grant(key, before, claim.holder(), claim.proposed(), claim.stamp());
    }
    return same(before, OwnerCode.OWNED_BY_OTHER);
  }

  private static Decision seal(OwnerRecord before, Seal seal) {
    OwnerCode wrong = mismatch(before, seal.epoch());
    if (wrong != null) {
      return same(before, wrong);
    }
    return before.state() == OwnerState.SEALED && before.target().equals(seal.target())
        ? same(before, OwnerCode.SEALED)
        : changed(
            before,
            OwnerState.SEALED,
            before.holder(),
            before.epoch(),
            seal.target(),
            seal.stamp(),
            OwnerCode.SEALED);
  }

  private static Decision unseal(OwnerRecord before, Unseal unseal) {
    OwnerCode wrong = mismatch(before, unseal.epoch());
    if (wrong != null) {
      return same(before, wrong);
    }
    return before.state() == OwnerState.OWNED
        ? same(before, OwnerCode.HELD)
        : changed(
            before,
            OwnerState.OWNED,
            before.holder(),
            before.epoch(),
            "",
            unseal.stamp(),
            OwnerCode.UNSEALED);
  }

  private static Decision move(String key, OwnerRecord before, Move move) {
    OwnerCode wrong = mismatch(before, move.epoch());
    if (wrong != null) {
      return same(before, wrong);
    }
    if (before.state() == OwnerState.SEALED) {
      String target = before.target();
      if (!target.isEmpty() && !target.equals(move.to().host())) {
        return same(before, OwnerCode.IS_SEALED);
      }
    } else if (move.onlySealed()) {
      return same(before, OwnerCode.OWNED_BY_OTHER);
    } else if (before.holder().equals(move.to())) {
      return same(before, OwnerCode.HELD);
    }
    return grant(key, before, move.to(), 0, move.stamp());
  }

  private static Decision release(OwnerRecord before, Release release) {
    if (before != null
        && before.state() == OwnerState.RELEASED
        && before.epoch() == release.epoch()) {
      return same(before, OwnerCode.RELEASED);
    }
    OwnerCode wrong = mismatch(before, release.epoch());
    return wrong != null
        ? same(before, wrong)
        : changed(
            before,
            OwnerState.RELEASED,
            before.holder(),
            before.epoch(),
            "",
            release.stamp(),
            OwnerCode.RELEASED);
  }

  private static Decision drop(OwnerRecord before, Drop drop) {
    if (before == null) {
      return same(null, OwnerCode.DROPPED);
    }
    boolean useless =
        !before.isHeld()
            && before.epoch() == drop.epoch()
            && before.epoch() <= drop.stamp().floor()
            && reservation(before, drop.stamp()) == null;
    return useless
        ? new Decision(null, new OwnerAnswer(OwnerCode.DROPPED, before.epoch(), null))
        : same(before, OwnerCode.HELD);
  }

  // ---- parts ----

  /** Null = held under that epoch. */
  static OwnerCode mismatch(OwnerRecord before, long epoch) {
    if (before == null) {
      return OwnerCode.NOT_OWNED;
    } else if (before.epoch() != epoch) {
      return OwnerCode.STALE_EPOCH;
    }
    return before.isHeld() ? null : OwnerCode.NOT_OWNED;
  }

  /** The reservation that counts, null = none. */
  static Reservation reservation(OwnerRecord before, Stamp stamp) {
    Reservation reserved = before == null ? null : before.reservation();
    return reserved != null
            && stamp.clock() < reserved.until()
            && reserved.until() - stamp.clock() <= LONGEST_RESERVATION
        ? reserved
        : null;
  }

  /** A new epoch for a holder. */
  static Decision grant(String key, OwnerRecord before, Holder holder, long proposed, Stamp stamp) {
    long last = before == null ? 0 : before.epoch();
    long least = Math.max(Math.max(last, stamp.floor()) + 1, stamp.clock());
    if (least > Epochs.LARGEST
        || proposed > Epochs.LARGEST
        || proposed - least > Epochs.LARGEST_STEP) {
      return same(before, OwnerCode.INVALID);
    }
    long epoch = Math.max(least, proposed);
    OwnerRecord start =
        before != null
            ? before
            : new OwnerRecord(key, OwnerState.FREE, null, 0, "", null, 0, List.of());
    return changed(start, OwnerState.OWNED, holder, epoch, "", stamp, OwnerCode.GRANTED);
  }

  static Decision changed(
      OwnerRecord before,
      OwnerState state,
      Holder holder,
      long epoch,
      String target,
      Stamp stamp,
      OwnerCode code) {
    OwnerRecord after =
        new OwnerRecord(
            before.key(),
            state,
            holder,
            epoch,
            target,
            null,
            stamp.clock(),
            done(before, new Done(stamp.id(), code, epoch)));
    return new Decision(after, new OwnerAnswer(code, epoch, after));
  }

  static Decision reserved(String key, OwnerRecord before, Holder holder, long until, Stamp stamp) {
    OwnerRecord after =
        new OwnerRecord(
            key,
            before == null ? OwnerState.FREE : before.state(),
            before == null ? null : before.holder(),
            before == null ? 0 : before.epoch(),
            "",
            new Reservation(holder, until),
            stamp.clock(),
            done(before, new Done(stamp.id(), OwnerCode.RESERVED, epoch(before))));
    return new Decision(after, new OwnerAnswer(OwnerCode.RESERVED, after.epoch(), after));
  }

  private static List<Done> done(OwnerRecord before, Done newest) {
    List<Done> all = new ArrayList<>(before == null ? List.of() : before.done());
    all.add(newest);
    return all.size() <= OwnerRecord.DONE
        ? all
        : all.subList(all.size() - OwnerRecord.DONE, all.size());
  }

  private static long epoch(OwnerRecord record) {
    return record == null ? 0 : record.epoch();
  }

  /** No change. */
  static Decision same(OwnerRecord before, OwnerCode code) {
    return new Decision(before, new OwnerAnswer(code, epoch(before), before));
  }

  private static Decision refused(OwnerRecord before, OwnerCode wrong, OwnerCode right) {
    return same(before, wrong == null ? right : wrong);
  }
}
