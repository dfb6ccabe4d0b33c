package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.CallId;
import io.busbar.bus.NodeIdentity;
import org.junit.jupiter.api.Test;

class CallLedgerTest {
  private static final long NODE = 7;
  private static final int LANE = 1;

  private final CallLedger ledger =
      new CallLedger(new NodeIdentity("n", "n", NODE), LANE, DispatchOptions.forLanes(1));

  private static CallId own(long counter) {
    return CallId.of(NODE, LANE, counter);
  }

  private static FinishedCall ended(CallId id) {
    return new FinishedCall(
        id.toWire(), "p", "w", "n", 1, 1, 1, 1, 1, 0, null, 0, 200, 0, 0, "", "", false);
  }

  @Test
  void anIdOfTheLaneIsNewWhenItIsLaterThanAllThatCame() {
    assertTrue(ledger.isNew(own(5)));
    ledger.finish(own(5), ended(own(5)), 1);
    assertFalse(ledger.isNew(own(5)), "it was here");
    assertFalse(ledger.isNew(own(4)), "it may have been here");
    assertTrue(ledger.isNew(own(6)));
  }

  @Test
  void ofIdsOfOtherLanesAndNodesTheOrderTellsNothing() {
    assertFalse(ledger.isNew(CallId.of(NODE, LANE + 1, 9)));
    assertFalse(ledger.isNew(CallId.of(NODE + 1, LANE, 9)));
  }

  @Test
  void aFinishedCallIsFoundWhateverCameAfterIt() {
    FinishedCall first = ended(own(1));
    ledger.finish(own(1), first, 1);
    ledger.finish(own(2), ended(own(2)), 1);
    assertSame(first, ledger.finished(own(1), 1));
  }
}
