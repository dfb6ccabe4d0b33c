package io.busbar.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.BusClusterManager.Findings;
import io.busbar.member.Members;
import io.busbar.member.NodeServices;
import io.busbar.testing.FakeMembers;
import io.busbar.testing.ServiceLane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealingAuditTest {
  private static final NodeInfo PEER =
      NodeInfo.newBuilder().setNodeId("peer").setName("peer").setGateway(true).setLanes(2).build();

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicInteger checks = new AtomicInteger();
  private final CompletableFuture<Void> secondCheck = new CompletableFuture<>();
  private final Repair repair =
      new Repair(
          () -> {
            if (checks.incrementAndGet() == 2) {
              secondCheck.complete(null);
            }
            return Future.succeededFuture(new Findings(0, 0));
          },
          meters);
  private final FakeMembers nodes =
      new FakeMembers(
          NodeInfo.newBuilder().setNodeId("fake-node").setName("fake").setGateway(true).build());
  private final ToldMembers members = new ToldMembers(nodes);
  private final Reachability reachability = new Reachability(nodes);
  private ServiceLane lane;

  @BeforeEach
  void open() {
    Context context = vertx.getOrCreateContext();
    lane = new ServiceLane(context);
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private HealingAudit start(Duration interval) throws Exception {
    HealingAudit audit = new HealingAudit(members, reachability, repair, interval, meters);
    onLane(() -> audit.start(lane).mapEmpty());
    return audit;
  }

  private void onLane(java.util.function.Supplier<Future<Void>> action) throws Exception {
    Promise<Void> done = Promise.promise();
    lane.context().runOnContext(v -> action.get().onComplete(done));
    await(done.future());
  }

  private void tell(java.util.function.Consumer<Members.Listener> what) throws Exception {
    onLane(
        () -> {
          what.accept(members.listener);
          return Future.succeededFuture();
        });
  }

  private void serve(Failure failure) {
    // The service lane finds services by lane number only.
    for (int i = 0; i < 2; i++) {
      lane.sibling(lane.context(), i)
          .serve(
              NodeServices.ECHO,
              asked ->
                  failure == null
                      ? Future.succeededFuture(Empty.getDefaultInstance())
                      : Future.failedFuture(failure.toException()));
    }
  }

  private double unanswered() {
    return meters.get("busbar.audit.findings").tag("kind", "unanswered").counter().count();
  }

  @Test
  void aNewNodesInboxesAreProbedAtOnce() throws Exception {
    serve(null);
    start(Duration.ofHours(1));
    nodes.add(PEER);
    tell(l -> l.changed(PEER));
    assertTrue(reachability.connected());
    assertEquals(2, meters.get("busbar.bus.roundtrip").timer().count());
  }

  @Test
  void anInboxThatDoesNotAnswerIsCountedAndTheTableChecked() throws Exception {
    serve(Failure.of(FailureCode.UNAVAILABLE, "nobody"));
    start(Duration.ofHours(1));
    nodes.add(PEER);
    tell(l -> l.changed(PEER));
    assertEquals(Set.of("peer"), reachability.unreachable());
    assertEquals(2, unanswered());
    assertEquals(2, checks.get());
  }

  @Test
  void aNodeThatDoesNotKnowTheQuestionDidAnswer() throws Exception {
    start(Duration.ofHours(1));
    nodes.add(PEER);
    tell(l -> l.changed(PEER));
    assertEquals(0, unanswered());
    assertTrue(reachability.connected());
  }

  @Test
  void aNodeThatLeftIsAReasonToCheckTheTable() throws Exception {
    start(Duration.ofHours(1));
    tell(l -> l.left(PEER));
    assertEquals(1, checks.get());
  }

  @Test
  void theTableIsCheckedNowAndThen() throws Exception {
    HealingAudit audit = start(Duration.ofMillis(5));
    secondCheck.get(30, TimeUnit.SECONDS);
    onLane(() -> audit.stop().mapEmpty());
    int then = checks.get();
    onLane(Future::succeededFuture);
    assertEquals(then, checks.get());
  }

  /** Members whose listener the test talks to itself. */
  private static final class ToldMembers implements Members {
    private final FakeMembers nodes;
    private Listener listener;

    ToldMembers(FakeMembers nodes) {
      this.nodes = nodes;
    }

    @Override
    public NodeInfo self() {
      return nodes.self();
    }

    @Override
    public java.util.Collection<NodeInfo> nodes() {
      return nodes.nodes();
    }

    @Override
    public NodeInfo byId(String nodeId) {
      return nodes.byId(nodeId);
    }

    @Override
    public NodeInfo byIncarnation(long incarnation) {
      return nodes.byIncarnation(incarnation);
    }

    @Override
    public NodeInfo byName(String name) {
      return nodes.byName(name);
    }

    @Override
    public boolean wasHere(long incarnation) {
      return nodes.wasHere(incarnation);
    }

    @Override
    public void update(java.util.function.UnaryOperator<NodeInfo> change) {
      nodes.update(change);
    }

    @Override
    public Registration listen(Listener told) {
      listener = told;
      return () -> listener = null;
    }
  }
}
