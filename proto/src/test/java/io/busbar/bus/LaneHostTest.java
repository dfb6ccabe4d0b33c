package io.busbar.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lane and what lives on it, as one deployment. */
class LaneHostTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<Context> contexts = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Future<Lane> open(Context context) {
    return Lanes.open(
        vertx,
        new NodeIdentity("n", "n", 7),
        0,
        BusOptions.DEFAULTS,
        new MemoryBudget(BusOptions.DEFAULTS.memory()),
        BusObserver.NONE);
  }

  /** Writes down what happens to it. */
  private final class RecordedMember implements LaneMember {
    private final String name;
    private final Promise<Void> drained = Promise.promise();
    private final Future<?> ended;
    private RuntimeException startFailure;

    RecordedMember(String name) {
      this(name, Future.succeededFuture());
    }

    /**
     * @param ended what start and stop answer
     */
    RecordedMember(String name, Future<?> ended) {
      this.name = name;
      this.ended = ended;
    }

    @Override
    public Future<?> start(Lane lane) {
      events.add("start " + name);
      contexts.add(Vertx.currentContext());
      return startFailure == null ? ended : Future.failedFuture(startFailure);
    }

    @Override
    public Future<?> drain() {
      return drained.future();
    }

    @Override
    public Future<?> stop() {
      events.add("stop " + name);
      contexts.add(Vertx.currentContext());
      return ended;
    }
  }

  private LaneHost host(RecordedMember... members) {
    return new LaneHost(this::open, lane -> new ArrayList<>(List.of(members)));
  }

  @Test
  void aMemberThatEndsOnAnotherThreadDoesNotTakeTheNextOneThere() throws Exception {
    Future<String> elsewhere =
        vertx.getOrCreateContext().executeBlocking(() -> "done").map(done -> done);
    LaneHost host = host(new RecordedMember("a", elsewhere), new RecordedMember("b", elsewhere));
    String id = await(vertx.deployVerticle(host));
    await(vertx.undeploy(id));
    assertEquals(List.of("start a", "start b", "stop b", "stop a"), events);
    assertEquals(1, Set.copyOf(contexts).size());
  }

  @Test
  void membersStartInOrderAndStopInReverse() throws Exception {
    LaneHost host = host(new RecordedMember("a"), new RecordedMember("b"));
    String id = await(vertx.deployVerticle(host));
    await(vertx.undeploy(id));
    assertEquals(List.of("start a", "start b", "stop b", "stop a"), events);
  }

  @Test
  void allLiveOnTheLanesContext() throws Exception {
    LaneHost host = host(new RecordedMember("a"), new RecordedMember("b"));
    await(vertx.deployVerticle(host));
    assertEquals(List.of(host.lane().context(), host.lane().context()), contexts);
  }

  @Test
  void aMemberThatDoesNotStartStopsTheOthers() {
    RecordedMember broken = new RecordedMember("b");
    broken.startFailure = new IllegalStateException("no");
    LaneHost host = host(new RecordedMember("a"), broken, new RecordedMember("c"));
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> await(vertx.deployVerticle(host)));
    assertEquals("no", failure.getCause().getMessage());
    assertEquals(List.of("start a", "start b", "stop b", "stop a"), events);
  }

  @Test
  void drainingEndsWithItsLastMember() throws Exception {
    RecordedMember quick = new RecordedMember("a");
    RecordedMember slow = new RecordedMember("b");
    LaneHost host = host(quick, slow);
    await(vertx.deployVerticle(host));
    Future<Void> drained = host.drain();
    quick.drained.complete();
    assertFalse(drained.isComplete());
    slow.drained.complete();
    await(drained);
  }

  @Test
  void theLaneClosesLast() throws Exception {
    LaneHost host = host(new RecordedMember("a"));
    await(vertx.deployVerticle(host));
    await(vertx.undeploy(vertx.deploymentIDs().iterator().next()));
    // Its inbox is free for a lane of the same number.
    LaneHost next = host(new RecordedMember("b"));
    assertTrue(await(vertx.deployVerticle(next)).length() > 0);
  }
}
