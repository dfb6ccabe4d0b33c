package io.busbar.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The view of the members, over real ones in this process; what nodes say comes from the test. */
class MembershipTest {
  private final String cluster = "test-" + UUID.randomUUID();
  private final Vertx vertx = Vertx.vertx();
  private final List<HazelcastInstance> started = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    started.forEach(one -> one.getLifecycleService().terminate());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private HazelcastInstance member(String name) {
    return member(name, 0, false);
  }

  private HazelcastInstance member(String name, int clusterSize, boolean lite) {
    List<String> join =
        started.isEmpty()
            ? List.of()
            : List.of(
                "127.0.0.1:" + started.get(0).getCluster().getLocalMember().getAddress().getPort());
    var config =
        ClusterConfig.of(name)
            .withName(cluster)
            .withAddress("127.0.0.1", 0, "")
            .withJoin(join)
            .withLite(lite)
            .withClusterSize(clusterSize)
            .toHazelcast();
    config
        .getMemberAttributeConfig()
        .setAttribute(Membership.VERTX_NODE_ID_ATTRIBUTE, "id-" + name);
    HazelcastInstance instance = Hazelcast.newHazelcastInstance(config);
    started.add(instance);
    return instance;
  }

  /** Starts a member and waits until the other one has seen it: its own size is larger then. */
  private HazelcastInstance join(Membership seenBy, String name) throws Exception {
    RecordingListener listener = new RecordingListener();
    Members.Registration registration = seenBy.listen(listener);
    HazelcastInstance joined = member(name);
    while (!seenBy.isPresent("id-" + name)) {
      listener.next();
    }
    registration.close();
    return joined;
  }

  private static NodeInfo.Builder info(String name) {
    return NodeInfo.newBuilder()
        .setNodeId("id-" + name)
        .setName(name)
        .setIncarnation(name.hashCode())
        .setGateway(true);
  }

  private Membership start(HazelcastInstance hazelcast, String name) throws Exception {
    return await(Membership.start(vertx, hazelcast, info(name).build()));
  }

  /** What a listener was told, in order. */
  private static final class RecordingListener implements Members.Listener {
    final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Override
    public void changed(NodeInfo node) {
      told.add("+" + node.getName() + node.getVersion());
    }

    @Override
    public void left(NodeInfo node) {
      told.add("-" + node.getName());
    }

    String next() throws InterruptedException {
      String event = told.poll(60, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("nothing was told");
      }
      return event;
    }

    /** Skips what is told of this node itself. */
    String ofOthers() throws InterruptedException {
      String event = next();
      while (event.startsWith("+a")) {
        event = next();
      }
      return event;
    }
  }

  @Test
  void aNodeKnowsItselfByIdIncarnationAndName() throws Exception {
    Membership a = start(member("a"), "a");
    assertEquals(1, a.nodes().size());
    assertEquals("a", a.byId("id-a").getName());
    assertEquals("a", a.byIncarnation("a".hashCode()).getName());
    assertEquals("a", a.byName("a").getName());
    assertNull(a.byName("b"));
  }

  @Test
  void anotherNodeIsKnownOnceItSaidWhatItIs() throws Exception {
    Membership a = start(member("a"), "a");
    RecordingListener listener = new RecordingListener();
    a.listen(listener);
    assertEquals("+a", listener.next());
    join(a, "b");
    assertNull(a.byName("b"));
    a.learned(info("b").setVersion("1").setRevision(1).build());
    assertEquals("+b1", listener.ofOthers());
    a.learned(info("b").setVersion("0").build());
    a.learned(info("b").setVersion("2").setRevision(2).build());
    assertEquals("+b2", listener.ofOthers());
  }

  @Test
  void aNodeThatIsNotThereIsNotBelieved() throws Exception {
    Membership a = start(member("a"), "a");
    a.learned(info("ghost").build());
    assertNull(a.byName("ghost"));
  }

  @Test
  void aNodeThatGoesIsToldAndRemembered() throws Exception {
    Membership a = start(member("a"), "a");
    HazelcastInstance b = join(a, "b");
    a.learned(info("b").build());
    RecordingListener listener = new RecordingListener();
    a.listen(listener);
    assertEquals("+b", listener.ofOthers());
    b.getLifecycleService().terminate();
    assertEquals("-b", listener.ofOthers());
    assertNull(a.byName("b"));
    assertTrue(a.wasHere("b".hashCode()));
  }

  @Test
  void aClosedListenerIsToldNothing() throws Exception {
    Membership a = start(member("a"), "a");
    RecordingListener closed = new RecordingListener();
    a.listen(closed).close();
    RecordingListener open = new RecordingListener();
    a.listen(open);
    a.update(self -> self.toBuilder().setVersion("9").build());
    open.next();
    assertEquals("+a9", open.next());
    assertTrue(closed.told.stream().noneMatch(event -> event.equals("+a9")));
  }

  @Test
  void aSecondNodeOfTheSameNameIsRefused() throws Exception {
    start(member("a"), "a");
    HazelcastInstance twin = member("a");
    ExecutionException refused = assertThrows(ExecutionException.class, () -> start(twin, "a"));
    Failure failure = Failure.of(refused.getCause());
    assertEquals(FailureCode.CONFLICT, failure.code());
    assertTrue(failure.detail().startsWith("node.name: 'a'"), failure.detail());
  }

  @Test
  void anotherFixedSizeThanTheOthersIsRefused() throws Exception {
    start(member("a", 3, false), "a");
    HazelcastInstance other = member("b", 5, false);
    ExecutionException refused = assertThrows(ExecutionException.class, () -> start(other, "b"));
    assertTrue(Failure.of(refused.getCause()).detail().startsWith("cluster.size: 5"));
  }

  @Test
  void theSizeCountsNodesThatWereLostButNotThoseThatLeft() throws Exception {
    Membership a = start(member("a"), "a");
    HazelcastInstance b = join(a, "b");
    HazelcastInstance c = join(a, "c");
    member("app", 0, true);
    a.learned(info("b").build());
    a.learned(info("c").setDraining(true).build());
    assertEquals(3, a.size().size());
    RecordingListener listener = new RecordingListener();
    a.listen(listener);
    c.getLifecycleService().terminate();
    while (!listener.next().equals("-c")) {}
    assertEquals(2, a.size().size());
    b.getLifecycleService().terminate();
    while (!listener.next().equals("-b")) {}
    assertEquals(2, a.size().size());
    assertEquals(1, a.size().present());
    assertEquals(2, a.self().getClusterSize());
  }

  @Test
  void aNewcomerLearnsTheSizeFromTheOthers() throws Exception {
    Membership a = start(member("a"), "a");
    join(a, "b");
    a.learned(info("b").setClusterSize(5).build());
    assertEquals(5, a.size().size());
    assertEquals(5, a.self().getClusterSize());
  }
}
