package io.busbar.bus.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Id;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StreamTableTest {
  private record Name(long node, long seq, int attempt, Direction direction) {
    Id id() {
      return Id.newBuilder().setNode(node).setSeq(seq).build();
    }
  }

  private static final class FakeEnd extends StreamEnd {
    private final Name name;

    FakeEnd(Name name) {
      super(new CallId(name.node(), name.seq()));
      this.name = name;
    }

    @Override
    int attempt() {
      return name.attempt();
    }

    @Override
    Direction direction() {
      return name.direction();
    }

    @Override
    long handOver() {
      return 0;
    }

    @Override
    void tick(long now) {}
  }

  private final StreamTable<FakeEnd> table = new StreamTable<>();

  private FakeEnd add(long node, long seq, int attempt, Direction direction) {
    FakeEnd end = new FakeEnd(new Name(node, seq, attempt, direction));
    assertTrue(table.add(end));
    return end;
  }

  private FakeEnd get(Name name) {
    return table.get(name.id(), name.attempt(), name.direction());
  }

  @Test
  void tellsAttemptsAndDirectionsApart() {
    FakeEnd first = add(1, 1, 1, Direction.REQUEST);
    FakeEnd second = add(1, 1, 2, Direction.REQUEST);
    FakeEnd answer = add(1, 1, 1, Direction.RESPONSE);
    assertSame(first, get(first.name));
    assertSame(second, get(second.name));
    assertSame(answer, get(answer.name));
    assertNull(get(new Name(1, 1, 2, Direction.RESPONSE)));
  }

  @Test
  void takesNoSecondEndOfOneName() {
    FakeEnd end = add(1, 1, 1, Direction.REQUEST);
    assertFalse(table.add(new FakeEnd(end.name)));
    assertSame(end, get(end.name));
    assertEquals(1, table.size());
  }

  @Test
  void endsWithOneKeyAreAllFound() {
    List<FakeEnd> ends = new ArrayList<>();
    for (long node = 0; node < 4; node++) {
      ends.add(add(node, node << 32 ^ 5, 0, Direction.REQUEST));
    }
    assertEquals(1, ends.stream().map(end -> end.key).distinct().count(), "no collision to test");
    for (int removed : new int[] {1, 3, 0, 2}) {
      ends.forEach(end -> assertEquals(end, get(end.name)));
      FakeEnd gone = ends.get(removed);
      table.remove(gone);
      table.remove(gone);
      assertNull(get(gone.name));
      assertTrue(table.add(gone));
      table.remove(gone);
      assertEquals(3, table.size());
      assertTrue(table.add(gone));
    }
    assertEquals(Set.copyOf(ends), Set.copyOf(table.all()));
  }

  @Test
  void holdsWhatAMapHolds() {
    SplittableRandom random = new SplittableRandom(7);
    Map<Name, FakeEnd> expected = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      long node = random.nextLong(3);
      Name name =
          new Name(
              node,
              random.nextLong(20) ^ node << 32,
              random.nextInt(2),
              random.nextBoolean() ? Direction.REQUEST : Direction.RESPONSE);
      FakeEnd known = expected.get(name);
      assertSame(known, get(name));
      if (known == null) {
        FakeEnd end = new FakeEnd(name);
        assertTrue(table.add(end));
        expected.put(name, end);
      } else {
        table.remove(known);
        expected.remove(name);
      }
      assertEquals(expected.size(), table.size());
    }
    assertEquals(Set.copyOf(expected.values()), Set.copyOf(table.all()));
  }
}
