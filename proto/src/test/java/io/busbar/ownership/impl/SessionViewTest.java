package io.busbar.ownership.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.busbar.ownership.Holder;
import io.busbar.ownership.rules.SessionRecord;
import org.junit.jupiter.api.Test;

class SessionViewTest {
  private static final Holder FIRST = new Holder("first", 1);
  private static final Holder SECOND = new Holder("second", 1);

  private final SessionView view = new SessionView(100);

  private void learn(Holder holder, boolean ended) {
    view.learn(holder, new SessionRecord(ended, 1, 1000, "", 0), 0);
  }

  @Test
  void anOpenSessionIsNotTheLastEnded() {
    learn(FIRST, false);
    assertNull(view.lastEnded());
  }

  @Test
  void theSessionThatEndedLastIsKnown() {
    learn(FIRST, true);
    learn(SECOND, true);
    assertEquals(SECOND, view.lastEnded());
  }

  @Test
  void anEndThatIsToldAgainIsNotTheLast() {
    learn(FIRST, true);
    learn(SECOND, true);
    learn(FIRST, true);
    assertEquals(SECOND, view.lastEnded());
  }
}
