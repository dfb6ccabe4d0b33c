package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.busbar.failure.FailureCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Calls that only one worker of the pool may run. */
class PinnedCallTest {
  private final Scene scene = new Scene(1, Map.of());

  private FakeCaller.Calling call(String node, String worker) {
    return scene.caller().call("p", s -> s.setWorker(worker).setWorkerNode(node));
  }

  @Test
  void itGoesToItsWorkerWhoeverElseIsIdle() {
    scene.worker("a", "near", "p", 10);
    scene.worker("b", "far", "p", 10);
    for (int i = 0; i < 5; i++) {
      FakeCaller.Calling call = call("b", "far");
      scene.net.settle();
      assertEquals("far", call.assigned.getWorker());
    }
  }

  @Test
  void itWaitsForASlotOfItsWorker() {
    scene.worker("a", "near", "p", 10);
    scene.worker("b", "far", "p", 1);
    FakeCaller.Calling first = call("b", "far");
    scene.net.settle();
    FakeCaller.Calling second = call("b", "far");
    scene.net.advance(300);
    assertNull(second.assigned);
    assertEquals(0, scene.view.pool("p").waiting().get());
    scene.side("b", 0).finish(first.id, null);
    scene.net.advance(3000);
    assertEquals("far", second.assigned.getWorker());
  }

  @Test
  void itEndsWhenItsWorkerIsNotThere() {
    scene.worker("a", "near", "p", 10);
    FakeCaller.Calling call = call("b", "far");
    scene.net.settle();
    assertEquals(FailureCode.NO_WORKER, call.failure.code());
  }
}
