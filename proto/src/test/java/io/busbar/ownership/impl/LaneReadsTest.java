package io.busbar.ownership.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.NodeIdentity;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.busbar.testing.BareLane;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which reads of a lane share a message; the store answers when the test says so. */
class LaneReadsTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private final LaneReads reads =
      new LaneReads(
          ScriptedStore.node(this::answer),
          new BareLane(context, new NodeIdentity("id", "node", 1), 0));

  /** One question to the store. */
  private record Asked(Set<String> keys, Promise<Map<String, OwnerRecord>> promise) {
    void answer() {
      Map<String, OwnerRecord> records = new HashMap<>();
      keys.forEach(key -> records.put(key, record(key)));
      promise.complete(records);
    }
  }

  @AfterEach
  void stop() throws Exception {
    ClusterNodes.await(vertx.close());
  }

  @Test
  void readsOfOneTurnForOneMemberShareAMessage() throws Exception {
    List<Future<OwnerRecord>> read = get("a1", "b1", "a2", "a1");
    Asked first = next();
    Asked second = next();
    assertEquals(Set.of(Set.of("a1", "a2"), Set.of("b1")), Set.of(first.keys(), second.keys()));
    first.answer();
    second.answer();
    for (Future<OwnerRecord> one : read) {
      assertTrue(ClusterNodes.await(one).isHeld());
    }
    assertEquals("a2", ClusterNodes.await(read.get(2)).key());
  }

  @Test
  void whileTwoMessagesAreOnTheirWayTheNextReadsWaitForOneOfThem() throws Exception {
    get("a1");
    Asked first = next();
    get("a2");
    Asked second = next();
    List<Future<OwnerRecord>> later = new ArrayList<>(get("a3"));
    later.addAll(get("a4", "a5"));
    get("b1");
    assertEquals(Set.of("b1"), next().keys());
    assertTrue(asked.isEmpty(), "a third message to one member");
    second.answer();
    Asked third = next();
    assertEquals(Set.of("a3", "a4", "a5"), third.keys());
    third.answer();
    first.answer();
    assertEquals("a5", ClusterNodes.await(later.get(2)).key());
  }

  @Test
  void aReadAfterAnAnswerIsAskedAnew() throws Exception {
    List<Future<OwnerRecord>> before = get("a1");
    next().answer();
    ClusterNodes.await(before.get(0));
    get("a1");
    assertEquals(Set.of("a1"), next().keys());
  }

  @Test
  void whatAMessageCouldNotReadIsAskedOneByOne() throws Exception {
    List<Future<OwnerRecord>> read = get("a1", "a2");
    next().promise().fail("the member left");
    next().answer();
    next().promise().fail("it is still away");
    assertEquals(
        1, read.stream().filter(one -> settled(one).succeeded()).count(), "one failed alone");
  }

  // ---- parts ----

  private static <T> Future<T> settled(Future<T> future) {
    try {
      ClusterNodes.await(future.otherwiseEmpty());
      return future;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private List<Future<OwnerRecord>> get(String... keys) throws Exception {
    Promise<List<Future<OwnerRecord>>> begun = Promise.promise();
    context.runOnContext(
        v -> {
          List<Future<OwnerRecord>> all = new ArrayList<>();
          for (String key : keys) {
            all.add(reads.get(key));
          }
          begun.complete(all);
        });
    List<Future<OwnerRecord>> all = ClusterNodes.await(begun.future());
    // The turn's end, when its reads are asked, is before this.
    Promise<Void> turn = Promise.promise();
    context.runOnContext(v -> turn.complete());
    ClusterNodes.await(turn.future());
    return all;
  }

  private Asked next() throws Exception {
    Asked next = asked.poll(30, TimeUnit.SECONDS);
    assertTrue(next != null, "nothing was asked");
    return next;
  }

  private static OwnerRecord record(String key) {
    return new OwnerRecord(
        key, OwnerState.OWNED, new io.busbar.ownership.Holder("h", 1), 5, "", null, 0, List.of());
  }

  /** Keys of one first letter are on one member. */
  private Object answer(String question, Object argument) {
    return switch (question) {
      case "place" -> ((String) argument).charAt(0);
      case "getAll" -> ask(ScriptedStore.keys(argument));
      case "get" -> {
        String key = (String) argument;
        yield ask(Set.of(key)).map(all -> all.get(key));
      }
      default -> throw new AssertionError(question);
    };
  }

  private Future<Map<String, OwnerRecord>> ask(Set<String> keys) {
    Promise<Map<String, OwnerRecord>> answer = Promise.promise();
    asked.add(new Asked(keys, answer));
    return answer.future();
  }
}
