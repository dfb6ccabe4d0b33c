package io.busbar.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.worker.WorkerServices;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The writer of the view on a real lane, and a peer whose list a test writes. */
class RegistryMemberTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = ((VertxInternal) vertx).createEventLoopContext();
  private final MemoryBudget memory = new MemoryBudget(BusOptions.DEFAULTS.memory());
  private final WorkerView view = new WorkerView("a");
  private final FakeMembers members = new FakeMembers(node("a", 1));
  private final RegistryMember registry = new RegistryMember(view, members);
  private Lane peer;

  /** What the peer answers next; completed when it was asked. */
  private volatile WorkerChanged list;

  private volatile Promise<Void> asked = Promise.promise();

  /** Version named by the first question that named one. */
  private final Promise<Long> seen = Promise.promise();

  private static NodeInfo node(String id, long incarnation) {
    return NodeInfo.newBuilder()
        .setNodeId(id)
        .setName(id)
        .setIncarnation(incarnation)
        .setLanes(1)
        .build();
  }

  @BeforeEach
  void open() throws Exception {
    Lane lane = lane("a", 1, context);
    peer = lane("b", 2, ((VertxInternal) vertx).createEventLoopContext());
    list = says(0).setFull(true).build();
    await(
        on(
            peer.context(),
            () -> {
              peer.serve(
                  WorkerServices.LIST,
                  question -> {
                    if (question.getVersion() > 0) {
                      seen.tryComplete(question.getVersion());
                    }
                    asked.tryComplete();
                    return Future.succeededFuture(list);
                  });
              return Future.succeededFuture();
            }));
    await(on(context, () -> registry.start(lane)));
  }

  @AfterEach
  void close() throws Exception {
    await(on(context, registry::stop));
    await(vertx.close());
  }

  private Lane lane(String id, long incarnation, Context on) throws Exception {
    NodeIdentity identity = new NodeIdentity(id, id, incarnation);
    return await(
        on(
            on,
            () -> Lanes.open(vertx, identity, 0, BusOptions.DEFAULTS, memory, BusObserver.NONE)));
  }

  private static <T> Future<T> on(Context context, Supplier<? extends Future<? extends T>> action) {
    Promise<T> done = Promise.promise();
    context.runOnContext(nothing -> action.get().<T>map(value -> value).onComplete(done));
    return done.future();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static WorkerChanged.Builder says(long version, String... workers) {
    WorkerChanged.Builder change =
        WorkerChanged.newBuilder().setNodeId("b").setNodeIncarnation(2).setVersion(version);
    for (String worker : workers) {
      change.addWorkers(Announcements.worker("b", worker, "p", 1));
    }
    return change;
  }

  private void publish(WorkerChanged change) {
    vertx.eventBus().publish(Addresses.WORKERS, change, BusCodec.options());
  }

  private void join() throws Exception {
    await(
        on(
            context,
            () -> {
              members.join(node("b", 2));
              return Future.succeededFuture();
            }));
  }

  /** Looks after each turn of the registry's loop, until the worker is there or gone. */
  private WorkerCell worker(String id, boolean there) throws Exception {
    Promise<WorkerCell> found = Promise.promise();
    look(id, there, found);
    return await(found.future());
  }

  private void look(String id, boolean there, Promise<WorkerCell> found) {
    WorkerCell cell = view.cell("b", id);
    if ((cell != null) == there) {
      found.complete(cell);
    } else {
      vertx.setTimer(2, tick -> look(id, there, found));
    }
  }

  @Test
  void whatIsAnnouncedIsSeen() throws Exception {
    join();
    publish(says(1, "w1").build());
    assertNotNull(worker("w1", true));
  }

  @Test
  void aNodeThatJoinsIsAskedForItsList() throws Exception {
    list = says(4, "w1").setFull(true).build();
    join();
    assertNotNull(worker("w1", true));
  }

  @Test
  void aMissedAnnouncementIsAskedFor() throws Exception {
    join();
    await(asked.future());
    publish(says(1, "w1").build());
    worker("w1", true);
    list = says(3, "w2", "w3").setFull(true).build();
    publish(says(3, "w3").build());
    assertNotNull(worker("w2", true));
    assertNull(worker("w1", false));
  }

  @Test
  void anOldListIsAskedForAgain() throws Exception {
    join();
    await(asked.future());
    asked = Promise.promise();
    list = says(1).setFull(true).build();
    publish(says(3, "w3").build());
    await(asked.future());
    list = says(3, "w2", "w3").setFull(true).build();
    assertNotNull(worker("w2", true));
  }

  private void look() throws Exception {
    await(
        on(
            context,
            () -> {
              registry.look();
              return Future.succeededFuture();
            }));
  }

  @Test
  void nowAndThenItIsAskedWhetherAnAnnouncementIsMissing() throws Exception {
    list = says(4, "w1").setFull(true).build();
    join();
    worker("w1", true);
    list = says(4).build();
    look();
    assertEquals(4, await(seen.future()));
    assertNotNull(worker("w1", true));
  }

  @Test
  void whatNobodyNoticedToBeMissingIsThereAfterTheNextLook() throws Exception {
    list = says(4, "w1").setFull(true).build();
    join();
    worker("w1", true);
    list = says(5, "w1", "w2").setFull(true).build();
    look();
    assertNotNull(worker("w2", true));
  }

  @Test
  void aNodeThatLeavesTakesItsWorkersAlong() throws Exception {
    list = says(4, "w1").setFull(true).build();
    join();
    worker("w1", true);
    await(
        on(
            context,
            () -> {
              members.leave("b");
              return Future.succeededFuture();
            }));
    assertEquals(0, view.all().size());
  }

  @Test
  void aLateWordOfALostNodeChangesNothing() throws Exception {
    list = says(4, "w1").setFull(true).build();
    join();
    worker("w1", true);
    await(
        on(
            context,
            () -> {
              members.leave("b");
              registry.announced(says(5, "w9").build());
              return Future.succeededFuture();
            }));
    assertEquals(0, view.all().size());
  }
}
