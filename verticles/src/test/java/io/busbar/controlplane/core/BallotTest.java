package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.Ballot.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class BallotTest {
  private static final HostName A = HostName.parse("10.0.0.2").orElseThrow();
  private static final HostName B = HostName.parse("10.0.0.3").orElseThrow();
  private static final HostName C = HostName.parse("10.0.0.4").orElseThrow();

  private static Ballot ballot(HostName... voters) {
    return new Ballot(OwnWeight.ONE, 3, List.of(voters));
  }

  @Test
  void halfIsNoMajority() {
    Ballot ballot = ballot(A);
    ballot.agreed(A);
    assertEquals(Outcome.NO_QUORUM, ballot.outcome());
  }

  @Test
  void halfWithTheTieBreakerIs() {
    Ballot ballot = ballot(A).ties(A, false);
    ballot.agreed(A);
    assertEquals(Outcome.AGREED, ballot.outcome());
    Ballot ours = ballot(A).ties(C, true);
    ours.agreed(A);
    assertEquals(Outcome.AGREED, ours.outcome());
  }

  @Test
  void halfWithoutTheTieBreakerIsNot() {
    Ballot ballot = ballot(A, B).ties(B, false);
    ballot.agreed(A);
    ballot.silent(B);
    assertEquals(Outcome.NO_QUORUM, ballot.outcome());
  }

  @Test
  void lessThanHalfWithTheTieBreakerIsNot() {
    Ballot ballot = new Ballot(OwnWeight.ONE, 4, List.of(A)).ties(A, false);
    ballot.agreed(A);
    assertEquals(Outcome.NO_QUORUM, ballot.outcome());
  }

  @Test
  void aLiveOwnerThatIsNamedIsEnough() {
    Ballot ballot = ballot(A, B);
    ballot.refused(A, C, Standing.LIVE);
    assertEquals(Outcome.OWNED, ballot.outcome());
    assertEquals(C, ballot.owner());
  }

  @Test
  void anOwnerThatIsGoneIsNone() {
    Ballot ballot = ballot(A, B, C);
    ballot.refused(A, B, Standing.GONE);
    ballot.agreed(B);
    ballot.agreed(C);
    assertEquals(Outcome.AGREED, ballot.outcome());
  }

  @Test
  void aRivalThatOnlyHasAReservationIsNoOwner() {
    Ballot ballot = ballot(A, B);
    ballot.reserved(A, C);
    ballot.agreed(B);
    assertEquals(Outcome.NO_QUORUM, ballot.outcome());
    assertEquals(List.of(C), ballot.rivals());
  }

  @Test
  void aVoteThatCannotWinIsHopeless() {
    assertTrue(ballot().isHopeless());
    assertTrue(ballot(A).isHopeless());
    assertFalse(ballot(A).ties(A, false).isHopeless());
    assertFalse(ballot(A, B).isHopeless());
  }
}
