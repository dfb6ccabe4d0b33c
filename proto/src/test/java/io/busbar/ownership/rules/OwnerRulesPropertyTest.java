package io.busbar.ownership.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds for every sequence of requests, with clocks that jump either way. */
class OwnerRulesPropertyTest {
  private static final String KEY = "k";

  /** A key's life under random requests. */
  private static final class Life {
    private final Random random;
    private final List<OwnerRequest> asked = new ArrayList<>();
    private OwnerRecord record;
    private long floor;

    Life(long seed) {
      random = new Random(seed);
    }

    Stamp stamp() {
      // From before the epoch of computers to next year.
      long clock = random.nextBoolean() ? 1_000 + random.nextInt(2_000) : random.nextInt(500);
      return new Stamp(random.nextLong(), clock, floor);
    }

    Holder holder() {
      return new Holder("h" + random.nextInt(3), random.nextInt(2));
    }

    long epoch() {
      long now = record == null ? 0 : record.epoch();
      return random.nextInt(4) > 0 ? now : Math.max(0, now + random.nextInt(5) - 2);
    }

    OwnerRequest next() {
      OwnerRequest request =
          switch (random.nextInt(9)) {
            case 0, 1 ->
                new OwnerRequest.ClaimKey(
                    stamp(),
                    holder(),
                    random.nextBoolean() ? holder() : null,
                    random.nextInt(3) == 0 ? random.nextInt(4_000) : 0);
            case 2 -> new OwnerRequest.Check(stamp(), epoch());
            case 3 -> new OwnerRequest.Seal(stamp(), epoch(), random.nextBoolean() ? "h1" : "");
            case 4 -> new OwnerRequest.Unseal(stamp(), epoch());
            case 5 -> new OwnerRequest.Move(stamp(), epoch(), holder(), random.nextBoolean());
            case 6 -> new OwnerRequest.Release(stamp(), epoch());
            case 7 -> new OwnerRequest.Drop(stamp(), epoch());
            default ->
                new OwnerRequest.Confirm(
                    stamp(),
                    holder(),
                    random.nextBoolean() ? 5 : 0,
                    random.nextInt(3) == 0 ? epoch() + random.nextInt(3) : 0,
                    random.nextInt(5) == 0,
                    "h" + random.nextInt(3),
                    HostState.values()[random.nextInt(4)]);
          };
      asked.add(request);
      return request;
    }

    Decision step(OwnerRequest request) {
      Decision decision = OwnerRules.decide(KEY, record, request);
      record = decision.after();
      return decision;
    }
  }

  @Property(tries = 300)
  void epochsGrowWithEachGrantAndNeverShrink(@ForAll long seed) {
    Life life = new Life(seed);
    long highest = 0;
    for (int i = 0; i < 200; i++) {
      // What a sweep does: the floor first, then the record.
      if (life.random.nextInt(20) == 0 && life.record != null) {
        life.floor = Math.max(life.floor, life.record.epoch());
      }
      OwnerRecord before = life.record;
      OwnerAnswer answer = life.step(life.next()).answer();
      if (answer.code() == OwnerCode.GRANTED) {
        assertTrue(answer.epoch() > highest, answer + " after " + highest);
        assertTrue(answer.epoch() > life.floor);
        highest = answer.epoch();
      } else if (life.record != null) {
        assertTrue(life.record.epoch() <= highest);
        assertEquals(
            before == null ? 0 : before.epoch(), life.record.epoch(), "only a grant changes it");
      }
    }
  }

  @Property(tries = 300)
  void anEpochHasOneHolder(@ForAll long seed) {
    Life life = new Life(seed);
    Map<Long, Holder> holders = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      life.step(life.next());
      if (life.record != null && life.record.isHeld()) {
        Holder known = holders.putIfAbsent(life.record.epoch(), life.record.holder());
        assertTrue(known == null || known.equals(life.record.holder()), "epoch with two holders");
      }
    }
  }

  @Property(tries = 300)
  void aRepeatGetsTheStoredAnswerAndChangesNothing(@ForAll long seed) {
    Life life = new Life(seed);
    for (int i = 0; i < 100; i++) {
      OwnerRequest request = life.next();
      Decision first = life.step(request);
      Decision repeat = OwnerRules.decide(KEY, life.record, request);
      if (first.answer().code() != OwnerCode.DROPPED) {
        assertSame(life.record, repeat.after());
        assertEquals(first.answer().code().isDone(), repeat.answer().code().isDone());
        assertEquals(first.answer().epoch(), repeat.answer().epoch());
      }
    }
  }

  @Property(tries = 300)
  void aRefusalChangesNothing(@ForAll long seed) {
    Life life = new Life(seed);
    for (int i = 0; i < 200; i++) {
      OwnerRecord before = life.record;
      Decision decision = life.step(life.next());
      if (!decision.answer().isDone()) {
        assertSame(before, decision.after());
      }
    }
  }

  @Property(tries = 300)
  void aLivingHolderLosesItsKeyOnlyByAnEndOrByItsOwnHand(@ForAll long seed) {
    Life life = new Life(seed);
    for (int i = 0; i < 200; i++) {
      OwnerRecord before = life.record;
      OwnerRequest request = life.next();
      life.step(request);
      if (before == null || !before.isHeld() || life.record.holder().equals(before.holder())) {
        continue;
      }
      boolean allowed =
          request instanceof OwnerRequest.Move
              || (request instanceof OwnerRequest.ClaimKey claim
                  && before.holder().equals(claim.ended()))
              || (request instanceof OwnerRequest.Confirm confirm
                  && (confirm.handoff()
                      || confirm.ownerState() == HostState.GONE
                      || !before.target().isEmpty()
                      || before.state() == io.busbar.ownership.OwnerState.SEALED
                      || confirm.newHost().host().equals(before.holder().host())));
      assertTrue(allowed, before + " lost by " + request);
    }
  }

  @Property(tries = 300)
  void aMergeKeepsTheHigherEpochWhateverTheOrder(@ForAll long one, @ForAll long other) {
    Life left = new Life(one);
    Life right = new Life(other);
    for (int i = 0; i < 30; i++) {
      left.step(left.next());
      right.step(right.next());
    }
    MergeRules.Merged forth = MergeRules.merge(left.record, right.record);
    MergeRules.Merged back = MergeRules.merge(right.record, left.record);
    if (left.record == null || right.record == null) {
      return;
    }
    assertEquals(forth.winner().epoch(), back.winner().epoch());
    assertTrue(forth.winner().epoch() >= Math.max(left.record.epoch(), right.record.epoch()));
    boolean tie =
        left.record.epoch() == right.record.epoch()
            && left.record.isHeld()
            && right.record.isHeld()
            && !left.record.holder().equals(right.record.holder());
    if (tie) {
      assertFalse(forth.winner().isHeld(), "an epoch with two holders is nobody's");
      assertNotEquals(left.record.epoch(), forth.winner().epoch());
    }
  }

  @Property(tries = 300)
  void anEndedSessionIsNeverRenewed(@ForAll long seed) {
    Random random = new Random(seed);
    SessionRecord record = null;
    boolean ended = false;
    for (int i = 0; i < 100; i++) {
      SessionRequest request =
          switch (random.nextInt(6)) {
            case 0 -> new SessionRequest.Lapse(i, random.nextInt(20), "lapsed");
            case 1 ->
                random.nextInt(10) == 0
                    ? new SessionRequest.End(i, "ended")
                    : new SessionRequest.Lapse(i, 0, "lapsed");
            default -> new SessionRequest.Renew(i, 100);
          };
      SessionRecord next = SessionRules.decide(record, request);
      assertTrue(record == null || next.renewals() >= record.renewals());
      record = next;
      ended |= record.ended();
      assertEquals(ended, record.ended());
    }
  }
}
