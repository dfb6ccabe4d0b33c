package io.busbar.ownership.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.busbar.ownership.Epochs;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.busbar.ownership.rules.OwnerRequest.ClaimKey;
import io.busbar.ownership.rules.OwnerRequest.Confirm;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decisions one by one. */
class OwnerRulesTest {
  private static final Holder A = new Holder("a", 1);
  private static final Holder B = new Holder("b", 1);
  private static final long CLOCK = 1_760_000_000_000L;
  private long ids;

  private Stamp stamp(long clock) {
    return new Stamp(++ids, clock, 0);
  }

  private OwnerRecord ownedBy(Holder holder) {
    return OwnerRules.decide("k", null, new ClaimKey(stamp(CLOCK), holder, null, 0)).after();
  }

  @Test
  void aNewEpochIsTheClockWhenThatIsHigher() {
    assertEquals(CLOCK, ownedBy(A).epoch());
  }

  @Test
  void aClockThatWentBackStillGivesAHigherEpoch() {
    OwnerRecord owned = ownedBy(A);
    ClaimKey claim = new ClaimKey(stamp(5), B, A, 0);
    assertEquals(CLOCK + 1, OwnerRules.decide("k", owned, claim).answer().epoch());
  }

  @Test
  void anEpochIsAboveTheFloor() {
    ClaimKey claim = new ClaimKey(new Stamp(1, 5, CLOCK), A, null, 0);
    assertEquals(CLOCK + 1, OwnerRules.decide("k", null, claim).answer().epoch());
  }

  @Test
  void aProposedEpochFarAboveIsInvalid() {
    ClaimKey claim = new ClaimKey(stamp(CLOCK), A, null, Epochs.LARGEST);
    Decision decision = OwnerRules.decide("k", null, claim);
    assertEquals(OwnerCode.INVALID, decision.answer().code());
    assertNull(decision.after());
  }

  @Test
  void aRecordThatMayBeNeededIsNotDropped() {
    OwnerRecord owned = ownedBy(A);
    OwnerRequest release = new OwnerRequest.Release(stamp(CLOCK), owned.epoch());
    OwnerRecord released = OwnerRules.decide("k", owned, release).after();
    OwnerRequest early = new OwnerRequest.Drop(stamp(CLOCK), released.epoch());
    assertSame(released, OwnerRules.decide("k", released, early).after());
    OwnerRequest covered =
        new OwnerRequest.Drop(new Stamp(99, CLOCK, released.epoch()), released.epoch());
    assertNull(OwnerRules.decide("k", released, covered).after());
  }

  @Test
  void aReservationEnds() {
    Confirm confirm = new Confirm(stamp(CLOCK), B, 5000, 0, false, "", HostState.UNKNOWN);
    OwnerRecord reserved = OwnerRules.decide("k", null, confirm).after();
    assertEquals(OwnerState.FREE, reserved.state());
    ClaimKey early = new ClaimKey(stamp(CLOCK + 4999), A, null, 0);
    ClaimKey late = new ClaimKey(stamp(CLOCK + 5000), A, null, 0);
    assertEquals(
        OwnerCode.RESERVED_FOR_OTHER, OwnerRules.decide("k", reserved, early).answer().code());
    assertEquals(OwnerCode.GRANTED, OwnerRules.decide("k", reserved, late).answer().code());
  }

  /** Rows of table 2.4 for a key that host a owns. */
  @ParameterizedTest
  @CsvSource({
    "b, ALIVE,   OWNED, '', OWNED_BY_OTHER",
    "b, SUSPECT, OWNED, '', OWNER_SUSPECT",
    "b, UNKNOWN, OWNED, '', OWNER_SUSPECT",
    "b, GONE,    OWNED, '', GRANTED",
    "a, ALIVE,   OWNED, '', HELD",
    "a, SUSPECT, OWNED, '', HELD",
    "b, ALIVE,   SEALED, b, GRANTED",
    "b, ALIVE,   SEALED, c, OWNED_BY_OTHER",
    "b, ALIVE,   SEALED, '', GRANTED",
  })
  void confirmsByTheTable(
      String newHost, HostState owner, OwnerState state, String target, OwnerCode expected) {
    OwnerRecord record = ownedBy(A);
    if (state == OwnerState.SEALED) {
      OwnerRequest seal = new OwnerRequest.Seal(stamp(CLOCK), record.epoch(), target);
      record = OwnerRules.decide("k", record, seal).after();
    }
    Confirm confirm = new Confirm(stamp(CLOCK), new Holder(newHost, 0), 5000, 0, false, "a", owner);
    assertEquals(expected, OwnerRules.decide("k", record, confirm).answer().code());
  }

  /** Rows of 3.3: the epoch of the request against that of the key. */
  @ParameterizedTest
  @CsvSource({
    "b, -1, ALIVE, false, STALE_EPOCH",
    "b, 0,  ALIVE, false, STALE_EPOCH",
    "b, 1,  ALIVE, false, OWNED_BY_OTHER",
    "b, 1,  ALIVE, true,  GRANTED",
    "b, 1,  GONE,  false, GRANTED",
    "a, 0,  ALIVE, false, HELD",
    "a, -1, ALIVE, false, STALE_EPOCH",
    "a, 1,  ALIVE, false, GRANTED",
  })
  void confirmsByEpoch(
      String newHost, long above, HostState owner, boolean handoff, OwnerCode expected) {
    OwnerRecord record = ownedBy(A);
    Confirm confirm =
        new Confirm(
            stamp(CLOCK),
            new Holder(newHost, 1),
            5000,
            record.epoch() + above,
            handoff,
            "a",
            owner);
    assertEquals(expected, OwnerRules.decide("k", record, confirm).answer().code());
  }

  @Test
  void aConfirmMadeForAnotherOwnerLooksAgain() {
    Confirm confirm = new Confirm(stamp(CLOCK), B, 5000, 0, false, "c", HostState.GONE);
    assertEquals(OwnerCode.LOOK_AGAIN, OwnerRules.decide("k", ownedBy(A), confirm).answer().code());
  }

  @Test
  void aNewLifeOfTheOwnerGetsANewEpoch() {
    OwnerRecord record = ownedBy(A);
    Confirm confirm =
        new Confirm(stamp(CLOCK), new Holder("a", 2), 5000, 0, false, "a", HostState.ALIVE);
    assertEquals(record.epoch() + 1, OwnerRules.decide("k", record, confirm).answer().epoch());
  }
}
