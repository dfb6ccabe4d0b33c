package io.busbar.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkLoopsTest {
  private Vertx vertx;

  private LinkLoops loops(int count) {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(count));
    return new LinkLoops(vertx);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Thread on(Context loop, Runnable action) throws Exception {
    Promise<Thread> ran = Promise.promise();
    loop.runOnContext(
        nothing -> {
          action.run();
          ran.complete(Thread.currentThread());
        });
    return ran.future().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void linksGoInTurnToTheLoopsThatDoNotRead() throws Exception {
    LinkLoops loops = loops(3);
    Thread reader = on(vertx.getOrCreateContext(), loops::readsHere);
    List<Thread> chosen = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      chosen.add(on(loops.next(), () -> {}));
    }
    assertFalse(chosen.contains(reader));
    assertEquals(2, Set.copyOf(chosen).size());
    assertEquals(chosen.subList(0, 2), chosen.subList(2, 4));
    assertEquals(chosen.subList(0, 2), chosen.subList(4, 6));
  }

  @Test
  void theOnlyLoopHasThemAll() throws Exception {
    LinkLoops loops = loops(1);
    Thread reader = on(vertx.getOrCreateContext(), loops::readsHere);
    assertEquals(reader, on(loops.next(), () -> {}));
  }

  @Test
  void untilTheBusReadsItDoesNotMatterWhere() {
    assertNull(loops(2).next());
  }
}
