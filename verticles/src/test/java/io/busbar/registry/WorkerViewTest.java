package io.busbar.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.WorkerChanged;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerViewTest {
  private long now = 5000;
  private final WorkerView view = new WorkerView("a", () -> now);

  private static WorkerInfo worker(String node, String id) {
    return Announcements.worker(node, id, "p", 4);
  }

  private NodeWorkers.Result say(String node, long version, boolean full, WorkerInfo... workers) {
    return view.apply(
            WorkerChanged.newBuilder()
                .setNodeId(node)
                .setVersion(version)
                .setFull(full)
                .addAllWorkers(List.of(workers))
                .build())
        .result();
  }

  private int size() {
    return view.pool("p").workers().size();
  }

  @Test
  void announcedWorkersAreThere() {
    assertEquals(NodeWorkers.Result.APPLIED, say("b", 1, false, worker("b", "w1")));
    assertEquals(NodeWorkers.Result.APPLIED, say("b", 2, false, worker("b", "w2")));
    assertEquals(2, size());
    assertEquals("w1", view.byId("w1").orElseThrow().getWorkerId());
    assertEquals(2, view.all().size());
  }

  @Test
  void aPageIsAPartOfTheListInItsOrder() {
    say("b", 1, false, worker("b", "w3"), worker("b", "w1"), worker("b", "w5"), worker("b", "w2"));
    say("c", 1, false, Announcements.worker("c", "w4", "q", 1), worker("c", "w3"));
    assertEquals(List.of("w1", "w2"), ids(view.page(null, "", 2)));
    assertEquals(List.of("w3", "w3", "w4"), ids(view.page(null, "w2", 3)));
    assertEquals(List.of("w1", "w2", "w3", "w3", "w5"), ids(view.page("p", "", 10)));
    assertEquals(List.of(), ids(view.page("p", "w5", 10)));
    assertEquals(ids(view.all()), ids(view.page(null, "", 6)));
  }

  private static List<String> ids(List<WorkerInfo> workers) {
    return workers.stream().map(WorkerInfo::getWorkerId).toList();
  }

  @Test
  void anUnknownPoolIsNull() {
    assertNull(view.pool("p"));
  }

  @Test
  void anOlderMessageIsIgnored() {
    say("b", 1, false, worker("b", "w1"));
    say("b", 2, false);
    assertEquals(NodeWorkers.Result.STALE, say("b", 1, false, worker("b", "w9")));
    assertNull(view.cell("b", "w9"));
  }

  @Test
  void aMissingMessageIsNoticedAndTheRestTaken() {
    say("b", 1, false, worker("b", "w1"));
    assertEquals(NodeWorkers.Result.HOLE, say("b", 3, false, worker("b", "w3")));
    assertNotNull(view.cell("b", "w3"));
  }

  @Test
  void aFirstMessageThatIsNotTheFirstIsAHole() {
    assertEquals(NodeWorkers.Result.HOLE, say("b", 5, false, worker("b", "w1")));
  }

  @Test
  void aFullListReplacesWhatTheLaneSaid() {
    say("b", 1, false, worker("b", "w1"), worker("b", "w2"));
    WorkerCell kept = view.cell("b", "w2");
    say("b", 4, true, worker("b", "w2"), worker("b", "w3"));
    assertNull(view.cell("b", "w1"));
    assertSame(kept, view.cell("b", "w2"));
    assertEquals(2, size());
  }

  @Test
  void aFullListOlderThanWhatIsKnownIsStale() {
    say("b", 7, false, worker("b", "w1"));
    assertEquals(NodeWorkers.Result.STALE, say("b", 6, true));
    assertEquals(1, size());
  }

  @Test
  void aLostNodeTakesItsWorkersAlong() {
    say("b", 1, false, worker("b", "w1"));
    say("c", 1, false, worker("c", "w2"));
    view.left("b");
    assertEquals(1, size());
    assertTrue(view.byId("w1").isEmpty());
    assertNotNull(view.pool("p"));
  }

  @Test
  void drainingWorkersStayListedAndGetNoOffers() {
    say("b", 1, false, worker("b", "w1"));
    say(
        "b",
        2,
        false,
        worker("b", "w1").toBuilder().setStatus(WorkerStatus.WORKER_DRAINING).build());
    assertEquals(0, size());
    assertEquals(1, view.pool("p").workers().known());
    assertEquals(WorkerStatus.WORKER_DRAINING, view.byId("w1").orElseThrow().getStatus());
  }

  @Test
  void aDrainingNodesWorkersGetNoOffers() {
    Announcements announce = new Announcements(view);
    announce.node("b", 2, false);
    announce.say(worker("b", "w1"));
    announce.node("b", 2, true);
    assertEquals(0, size());
    announce.node("b", 2, false);
    assertEquals(1, size());
  }

  @Test
  void aWorkerOnEveryLaneIsReachedOnTheCallersOwnLane() {
    Announcements announce = new Announcements(view);
    announce.node("a", 4, false);
    announce.say(worker("a", "w1").toBuilder().setEveryLane(true).build());
    WorkerCell cell = view.cell("a", "w1");
    for (int lane = 0; lane < 4; lane++) {
      assertEquals(lane, cell.place(lane).endpoint().lane());
    }
  }

  @Test
  void aWorkerOfOneLaneIsReachedThere() {
    Announcements announce = new Announcements(view);
    announce.node("a", 4, false);
    announce.say(worker("a", "w1").toBuilder().setLane(2).build());
    assertEquals(2, view.cell("a", "w1").place(0).endpoint().lane());
  }

  @Test
  void lanesOfANodeThatIsDescribedLaterAreUsed() {
    Announcements announce = new Announcements(view);
    announce.say(worker("b", "w1").toBuilder().setEveryLane(true).build());
    assertEquals(0, view.cell("b", "w1").place(1).endpoint().lane());
    announce.node("b", 2, false);
    assertEquals(1, view.cell("b", "w1").place(1).endpoint().lane());
  }

  @Test
  void aNewAttachmentIsOfferedUnderItsIncarnation() {
    Announcements announce = new Announcements(view);
    announce.say(worker("b", "w1"));
    announce.remove("b", 0, "w1");
    assertNull(view.cell("b", "w1"));
    announce.say(worker("b", "w1").toBuilder().setIncarnation(9).build());
    assertEquals(9, view.cell("b", "w1").place(0).incarnation());
  }

  @Test
  void aWorkerThatMovesToAnotherPoolLeavesTheFirst() {
    Announcements announce = new Announcements(view);
    announce.say(worker("b", "w1"));
    WorkerCell before = view.cell("b", "w1");
    announce.say(worker("b", "w1").toBuilder().setPool("q").build());
    assertEquals(0, size());
    assertNotSame(before, view.cell("b", "w1"));
    assertEquals(1, view.pool("q").workers().size());
  }

  @Test
  void ownCallsAndThoseOfOthersMakeTheLoad() {
    say("b", 1, false, worker("b", "w1").toBuilder().setRunningTasks(2).build());
    WorkerCell cell = view.cell("b", "w1");
    cell.reserve();
    assertEquals(3, cell.running(now));
    cell.heard(4, 4, now);
    assertEquals(4, cell.running(now));
    assertFalse(cell.hasRoom(now));
    cell.release();
    assertEquals(3, cell.running(now));
  }

  @Test
  void oldWordsAboutOthersFade() {
    say("b", 1, false, worker("b", "w1").toBuilder().setRunningTasks(4).build());
    WorkerCell cell = view.cell("b", "w1");
    assertFalse(cell.hasRoom(now));
    assertEquals(2, cell.running(now + 1100));
    assertEquals(0, cell.running(now + 10_000));
  }

  @Test
  void poolsAreSummedUp() {
    say("b", 1, false, worker("b", "w1").toBuilder().setRunningTasks(1).build());
    say("c", 1, false, worker("c", "w2"));
    view.configured("empty");
    List<PoolSummary> pools = view.pools();
    assertEquals(new PoolSummary("empty", 0, 0, 0, 0, 0), pools.get(0));
    assertEquals(new PoolSummary("p", 2, 2, 8, 1, 0), pools.get(1));
  }
}
