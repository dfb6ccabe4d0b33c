package io.busbar.ownership.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.bus.NodeIdentity;
import io.busbar.ownership.Holder;
import io.busbar.testing.BareLane;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which keys of an ended session a node looks at; key {@code kN} is in partition N. */
class FreedKeysTest {
  private static final Holder DEAD = new Holder("dead", 7);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final BlockingQueue<Set<String>> read = new LinkedBlockingQueue<>();
  private volatile Set<String> here = Set.of();
  private final BareLane lane = new BareLane(context, new NodeIdentity("id", "node", 1), 0);
  private final FreedKeys freed = new FreedKeys(ScriptedStore.node(this::answer), lane, null);

  /** Says which keys are here, and that each has got another owner meanwhile. */
  private Object answer(String question, Object argument) {
    return switch (question) {
      case "keysHere" -> Future.succeededFuture(here);
      case "partition" -> Integer.parseInt(((String) argument).substring(1));
      case "getAll" -> {
        read.add(Set.copyOf(ScriptedStore.keys(argument)));
        yield Future.succeededFuture(Map.of());
      }
      default -> throw new AssertionError(question);
    };
  }

  @AfterEach
  void stop() throws Exception {
    ClusterNodes.await(vertx.close());
  }

  private Set<String> next() throws InterruptedException {
    return read.poll(60, TimeUnit.SECONDS);
  }

  @Test
  void keysThatComeFromAnotherNodeAfterTheLookAreLookedAtToo() throws Exception {
    here = Set.of("k1");
    context.runOnContext(v -> freed.ended(DEAD));
    assertEquals(Set.of("k1"), next());
    here = Set.of("k1", "k2", "k3", "k4");
    context.runOnContext(
        v -> {
          freed.arrived(2);
          freed.arrived(4);
        });
    assertEquals(Set.of("k2", "k4"), next());
  }

  @Test
  void keysThatComeWhileNoSessionEndedAreNotLookedAt() throws Exception {
    here = Set.of("k1", "k2");
    context.runOnContext(v -> freed.arrived(2));
    context.runOnContext(v -> freed.ended(DEAD));
    assertEquals(Set.of("k1", "k2"), next());
    here = Set.of("k1", "k2", "k3");
    context.runOnContext(v -> freed.arrived(3));
    assertEquals(Set.of("k3"), next());
  }
}
