package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.CallId;
import io.busbar.dispatch.PoolQueue.Waiter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolQueueTest {
  private final PoolQueue queue = new PoolQueue();
  private long ids;

  private Waiter waiter(String tenant, int priority) {
    ids++;
    return new Waiter(new CallId(1, ids), 0, tenant, priority, ids, 0);
  }

  private String drain() {
    StringBuilder order = new StringBuilder();
    for (Waiter next = queue.poll(); next != null; next = queue.poll()) {
      order.append(next.tenant()).append(next.id().seq()).append(' ');
    }
    return order.toString().trim();
  }

  @Test
  void tenantsTakeTurns() {
    for (String tenant : List.of("a", "a", "a", "a", "b", "b", "c")) {
      queue.add(waiter(tenant, 0), 100);
    }
    assertEquals("a1 b5 c7 a2 b6 a3 a4", drain());
  }

  @Test
  void aTenantsOwnCallsGoByPriorityThenAge() {
    queue.add(waiter("a", 0), 100);
    queue.add(waiter("a", 2), 100);
    queue.add(waiter("a", 1), 100);
    queue.add(waiter("a", 2), 100);
    assertEquals("a2 a4 a3 a1", drain());
  }

  @Test
  void highPriorityOfOneTenantDoesNotKeepAnotherOut() {
    for (int i = 0; i < 5; i++) {
      queue.add(waiter("loud", 100), 100);
    }
    queue.add(waiter("quiet", 0), 100);
    queue.poll();
    assertEquals("quiet", queue.poll().tenant());
  }

  @Test
  void aCallThatComesBackKeepsItsPlace() {
    Waiter first = waiter("a", 0);
    queue.add(first, 100);
    queue.add(waiter("a", 0), 100);
    assertSame(first, queue.poll());
    queue.add(first, 100);
    assertSame(first, queue.poll());
  }

  @Test
  void aFullQueueRefusesTheTenantThatFilledIt() {
    for (int i = 0; i < 4; i++) {
      assertNull(queue.add(waiter("a", 0), 4));
    }
    Waiter more = waiter("a", 0);
    assertSame(more, queue.add(more, 4));
    assertEquals(4, queue.size());
  }

  @Test
  void aFullQueueMakesRoomForATenantWithLess() {
    for (int i = 0; i < 4; i++) {
      queue.add(waiter("a", 0), 4);
    }
    Waiter displaced = queue.add(waiter("b", 0), 4);
    assertEquals("a", displaced.tenant());
    assertEquals(4, displaced.id().seq());
    assertEquals(4, queue.size());
  }

  @Test
  void aFullQueuePrefersATenantsMoreUrgentCall() {
    for (int i = 0; i < 3; i++) {
      queue.add(waiter("a", 0), 3);
    }
    Waiter displaced = queue.add(waiter("a", 9), 3);
    assertEquals(3, displaced.id().seq());
    assertEquals(4, queue.peek().id().seq());
  }

  @Test
  void aQueueOfZeroTakesNobody() {
    Waiter waiter = waiter("a", 0);
    assertSame(waiter, queue.add(waiter, 0));
    assertTrue(queue.isEmpty());
  }

  @Test
  void theSameCallWaitsOnce() {
    Waiter waiter = waiter("a", 0);
    queue.add(waiter, 10);
    queue.add(waiter, 10);
    assertEquals(1, queue.size());
  }

  @Test
  void removedCallsLeaveNothingBehind() {
    Random random = new Random(5);
    Map<CallId, Waiter> model = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      int what = random.nextInt(3);
      if (what == 0) {
        Waiter waiter = waiter("t" + random.nextInt(50), random.nextInt(3));
        Waiter out = queue.add(waiter, 40);
        model.put(waiter.id(), waiter);
        if (out != null) {
          model.remove(out.id());
        }
      } else if (what == 1 && !model.isEmpty()) {
        List<CallId> all = new ArrayList<>(model.keySet());
        CallId one = all.get(random.nextInt(all.size()));
        assertTrue(queue.remove(one));
        assertFalse(queue.remove(one));
        model.remove(one);
      } else if (what == 2) {
        Waiter peeked = queue.peek();
        Waiter next = queue.poll();
        assertSame(peeked, next);
        if (next == null) {
          assertTrue(model.isEmpty());
        } else {
          assertSame(next, model.remove(next.id()));
        }
      }
      assertEquals(model.size(), queue.size());
      assertTrue(queue.size() <= 40);
    }
  }

  @Test
  void overTimeTenantsGetEqualShares() {
    Random random = new Random(3);
    Map<String, Integer> served = new HashMap<>();
    for (int step = 0; step < 6000; step++) {
      // "greedy" asks ten times as often as the others.
      String tenant = random.nextInt(12) < 10 ? "greedy" : "t" + random.nextInt(2);
      queue.add(waiter(tenant, random.nextInt(2)), 60);
      if (step % 6 == 0) {
        served.merge(queue.poll().tenant(), 1, Integer::sum);
      }
    }
    int least = Math.min(served.get("t0"), served.get("t1"));
    assertTrue(served.get("greedy") < least * 1.3, served.toString());
  }
}
