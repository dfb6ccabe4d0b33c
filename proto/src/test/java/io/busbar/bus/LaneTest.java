package io.busbar.bus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.bus.v1.SlotFree;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two lanes of one node, on two event loops of one real Vertx. */
class LaneTest {
  private static final Service<NodeInfo, NodeInfo> RENAME =
      Service.of("test.rename", NodeInfo.parser(), NodeInfo.parser());
  private static final Service<Empty, Empty> MISSING =
      Service.of("test.missing", Empty.parser(), Empty.parser());

  private final Vertx vertx = Vertx.vertx();
  private final NodeIdentity node = new NodeIdentity("n", "node", 7);
  private final MemoryBudget memory = new MemoryBudget(BusOptions.DEFAULTS.memory());
  private Lane a;
  private Lane b;

  @BeforeEach
  void open() throws Exception {
    a = open(0);
    b = open(1);
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private Lane open(int index) throws Exception {
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    Promise<Lane> lane = Promise.promise();
    context.runOnContext(
        v ->
            Lanes.open(vertx, node, index, BusOptions.DEFAULTS, memory, BusObserver.NONE)
                .onComplete(lane));
    return await(lane.future());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static <T> T on(Lane lane, Callable<T> action) throws Exception {
    Promise<T> done = Promise.promise();
    lane.context()
        .runOnContext(
            v -> {
              try {
                done.complete(action.call());
              } catch (Exception e) {
                done.fail(e);
              }
            });
    return await(done.future());
  }

  @Test
  void itemsOfOneTurnArriveInOrder() throws Exception {
    List<Integer> seen = new ArrayList<>();
    Promise<Void> all = Promise.promise();
    on(
        b,
        () -> {
          b.handle(
              Item.BodyCase.SLOT_FREE,
              (from, item) -> {
                seen.add(item.getSlotFree().getRunning());
                if (seen.size() == 1000) {
                  all.complete();
                }
              });
          return null;
        });
    on(
        a,
        () -> {
          for (int i = 0; i < 1000; i++) {
            SlotFree free = SlotFree.newBuilder().setRunning(i).build();
            a.send(b.endpoint(), Item.newBuilder().setSlotFree(free).build());
          }
          return null;
        });
    await(all.future());
    for (int i = 0; i < 1000; i++) {
      assertEquals(i, seen.get(i));
    }
  }

  @Test
  void aStreamArrivesWholeAndFreesItsMemory() throws Exception {
    byte[] body = new byte[3_000_000];
    new Random(1).nextBytes(body);
    Buffer got = Buffer.buffer();
    AtomicInteger status = new AtomicInteger();
    Promise<Outcome> outcome = Promise.promise();
    CallId id = on(a, a::nextId);
    on(
        b,
        () -> {
          BusReader reader =
              b.openReader(new StreamSpec(id, 1, Direction.RESPONSE, a.endpoint(), 64 << 10, 0));
          reader.headHandler(head -> status.set(head.getStatus()));
          reader.handler(got::appendBuffer);
          reader.outcomeHandler(outcome::complete);
          reader.resume();
          return null;
        });
    Future<Void> end =
        on(
            a,
            () -> {
              BusWriter writer =
                  a.openWriter(
                      new StreamSpec(id, 1, Direction.RESPONSE, b.endpoint(), 64 << 10, 0));
              writer.head(ResponseHead.newBuilder().setStatus(201).build());
              Promise<Void> ended = Promise.promise();
              new Object() {
                private int at;

                void pump() {
                  while (at < body.length) {
                    if (writer.writeQueueFull()) {
                      writer.drainHandler(v -> pump());
                      return;
                    }
                    int n = Math.min(100_000, body.length - at);
                    writer.write(Buffer.buffer(body).getBuffer(at, at + n));
                    at += n;
                  }
                  writer.end().onComplete(ended);
                }
              }.pump();
              return ended.future();
            });
    await(end);
    assertTrue(!await(outcome.future()).hasFailure());
    assertEquals(201, status.get());
    assertArrayEquals(body, got.getBytes());
  }

  @Test
  void anAnswerIsTheServices() throws Exception {
    on(
        b,
        () -> {
          b.serve(
              RENAME,
              q -> Future.succeededFuture(q.toBuilder().setName(q.getName() + "!").build()));
          return null;
        });
    Future<NodeInfo> answer =
        on(
            a,
            () ->
                a.ask(
                    b.endpoint(),
                    RENAME,
                    NodeInfo.newBuilder().setName("x").build(),
                    Duration.ofSeconds(10)));
    assertEquals("x!", await(answer).getName());
  }

  @Test
  void anUnknownServiceIsNotImplemented() throws Exception {
    Future<Empty> answer =
        on(
            a,
            () -> a.ask(b.endpoint(), MISSING, Empty.getDefaultInstance(), Duration.ofSeconds(10)));
    Exception thrown = assertThrows(Exception.class, () -> await(answer));
    assertEquals(FailureCode.NOT_IMPLEMENTED, Failure.of(thrown).code());
  }

  @Test
  void aLaneRefusesForeignThreads() {
    assertThrows(
        IllegalStateException.class, () -> a.send(b.endpoint(), Item.getDefaultInstance()));
  }
}
