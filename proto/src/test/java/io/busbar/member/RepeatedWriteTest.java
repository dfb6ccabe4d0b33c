package io.busbar.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.IndeterminateOperationStateException;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Writes whose copy is confirmed late, never, or not because the write failed. */
class RepeatedWriteTest {
  private static final Throwable UNCONFIRMED =
      new IndeterminateOperationStateException("backup acks missed");

  /** Ends each attempt with the next scripted failure; none left means made. */
  private static final class ScriptedTable {
    final Deque<Throwable> failures;
    boolean wanted = true;
    int attempts;

    ScriptedTable(List<Throwable> failures) {
      this.failures = new ArrayDeque<>(failures);
    }

    void write(Completable<Void> written) {
      attempts++;
      if (failures.isEmpty()) {
        written.succeed();
      } else {
        written.fail(failures.poll());
      }
    }

    Future<Void> make() {
      return new RepeatedWrite("entry", this::write, () -> wanted).make();
    }
  }

  @Test
  void aConfirmedWriteIsMadeOnce() {
    ScriptedTable table = new ScriptedTable(List.of());
    assertTrue(table.make().succeeded());
    assertEquals(1, table.attempts);
  }

  @Test
  void anUnconfirmedWriteIsMadeAgain() {
    ScriptedTable table = new ScriptedTable(List.of(UNCONFIRMED));
    assertTrue(table.make().succeeded());
    assertEquals(2, table.attempts);
  }

  @Test
  void aWriteThatIsNeverConfirmedCountsAsMadeAfterThree() {
    ScriptedTable table = new ScriptedTable(Collections.nCopies(9, UNCONFIRMED));
    assertTrue(table.make().succeeded());
    assertEquals(3, table.attempts);
  }

  @Test
  void aWriteThatIsNoLongerWantedIsNotRepeated() {
    ScriptedTable table = new ScriptedTable(List.of(UNCONFIRMED));
    table.wanted = false;
    assertTrue(table.make().succeeded());
    assertEquals(1, table.attempts);
  }

  @Test
  void aFailedWriteFails() {
    IllegalStateException closed = new IllegalStateException("closed");
    ScriptedTable table = new ScriptedTable(List.of(closed));
    assertSame(closed, table.make().cause());
    assertEquals(1, table.attempts);
  }
}
