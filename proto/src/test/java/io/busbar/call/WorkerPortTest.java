package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.bus.v1.WorkerCommand;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.testing.FakeDispatcher;
import io.busbar.testing.FakeWorker;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerPort;
import io.busbar.worker.WorkerServices;
import io.busbar.worker.impl.LanePort;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Slots, reservations, wakes and announcements of the workers of a lane. */
class WorkerPortTest {
  private static final Failure ENOUGH = Failure.of(FailureCode.CANCELLED, "enough");

  private static Failure rejection(CallBed bed) {
    List<Item> received = bed.dispatcher.received();
    return Failure.fromWire(received.get(received.size() - 1).getReject().getFailure());
  }

  @Test
  void endedAttemptsOfOtherLanesAreRememberedForAWhileAndShown() {
    CallBed bed = CallBed.remote();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.open().write("x").end();
    bed.advance(100);
    assertEquals(1, worker.port.memory().ended());
    assertEquals(0, worker.port.memory().endedForgotten());
    bed.advance(5 * bed.options.lostAfterMillis());
    assertEquals(0, worker.port.memory().ended());
  }

  // ---- slots -------------------------------------------------------------------------------

  @Test
  void reservationLapsesWhenNobodyComes() {
    CallBed bed = CallBed.remote();
    bed.dispatcher.pool(500, 0, 50).maxAttempts(1);
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.link.tamper(item -> item.hasAssigned() ? null : item);
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(400);
    assertEquals(1, worker.slots.running());
    bed.link.kill("caller");
    bed.advance(700);
    assertEquals(0, worker.slots.running());
    assertTrue(worker.adapter.served().isEmpty());
    assertNull(client.end);
  }

  @Test
  void reservationIsKeptForACallerThatStillFollows() {
    CallBed bed = CallBed.local();
    bed.dispatcher.pool(500, 0, 50);
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.lose(Item.BodyCase.TELL, 1);
    CallBed.Client client = bed.open();
    bed.advance(600);
    assertEquals(1, worker.adapter.served().size());
    client.write("x").end();
    bed.advance(100);
    assertEquals("x", client.body.toString());
  }

  @Test
  void fullWorkerRejectsAndSaysSo() {
    CallBed bed = CallBed.local();
    bed.dispatcher.maxAttempts(1);
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    bed.open().write("x").end();
    bed.advance(100);
    bed.open().write("y").end();
    bed.advance(10);
    assertEquals(FailureCode.BUSY, rejection(bed).code());
    assertTrue(rejection(bed).retrySafe());
    assertEquals(1, worker.slots.running());
  }

  @Test
  void heldSlotIsFreedByItsHolderOnceTheCallEnded() {
    CallBed bed = CallBed.local();
    Runnable[] free = new Runnable[1];
    CallBed.Worker worker =
        bed.worker("a", 1, new FakeWorker(false, call -> free[0] = call.holdSlot()));
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(100);
    client.call.cancel(ENOUGH);
    bed.advance(100);
    assertEquals(1, worker.slots.running());
    free[0].run();
    free[0].run();
    assertEquals(0, worker.slots.running());
  }

  @Test
  void slotCanBeHeldWhenTheCancelIsTold() {
    CallBed bed = CallBed.local();
    Runnable[] free = new Runnable[1];
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(100);
    worker.adapter.last().cancelHandler(why -> free[0] = worker.adapter.last().holdSlot());
    client.call.cancel(ENOUGH);
    bed.advance(100);
    assertEquals(1, worker.slots.running());
    free[0].run();
    assertEquals(0, worker.slots.running());
  }

  @Test
  void slotHeldAndLetGoBeforeTheEndIsFreedByTheEnd() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker =
        bed.worker("a", 1, new FakeWorker(false, call -> call.holdSlot().run()));
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(100);
    assertEquals(1, worker.slots.running());
    client.call.cancel(ENOUGH);
    bed.advance(100);
    assertEquals(0, worker.slots.running());
  }

  @Test
  void otherIncarnationIsRejected() {
    CallBed bed = CallBed.local();
    bed.dispatcher.maxAttempts(1);
    CallBed.Worker worker = bed.new Worker("a", 1, FakeWorker.echo());
    bed.dispatcher.offerTo(worker.lane.endpoint(), worker.id(), worker.incarnation() + 1);
    bed.open().write("x").end();
    bed.advance(10);
    assertEquals(FailureCode.UNAVAILABLE, rejection(bed).code());
    assertTrue(rejection(bed).retrySafe());
  }

  @Test
  void drainingWorkerTakesNothingNewAndFinishesWhatRuns() {
    CallBed bed = CallBed.local();
    bed.dispatcher.maxAttempts(1);
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.silent());
    CallBed.Client runs = bed.open().write("x").end();
    bed.advance(100);
    worker.attachment.drain();
    bed.open().write("y").end();
    bed.advance(10);
    assertEquals(FailureCode.DRAINING, rejection(bed).code());
    worker.adapter.last().response().end();
    bed.advance(100);
    assertNull(runs.end.failure());
    worker.attachment.resume();
    CallBed.Client next = bed.open().write("z").end();
    bed.advance(100);
    assertEquals(2, worker.adapter.served().size());
    assertNull(next.end);
  }

  @Test
  void unhealthyWorkerSaysWhy() {
    CallBed bed = CallBed.local();
    bed.dispatcher.maxAttempts(1);
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.silent());
    worker.attachment.unhealthy("disk full");
    bed.open().write("y").end();
    bed.advance(10);
    assertEquals("disk full", rejection(bed).detail());
    assertEquals(WorkerStatus.WORKER_UNHEALTHY, worker.attachment.info().getStatus());
    worker.attachment.unhealthy(null);
    assertEquals(WorkerStatus.WORKER_IDLE, worker.attachment.info().getStatus());
  }

  @Test
  void sameWorkerIdTwiceIsAConflict() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.silent());
    FailureException refused =
        assertThrows(
            FailureException.class,
            () -> worker.port.attach(worker.attachment.info(), new Slots(1), worker.adapter));
    assertEquals(FailureCode.CONFLICT, refused.failure().code());
    worker.attachment.detach();
    worker.port.attach(
        WorkerInfo.newBuilder().setWorkerId(worker.id()).build(), new Slots(1), worker.adapter);
  }

  @Test
  void slotGivenBackTwiceIsABug() {
    Slots slots = new Slots(1);
    assertTrue(slots.take());
    assertFalse(slots.take());
    slots.free();
    assertThrows(IllegalStateException.class, slots::free);
    assertEquals(0, slots.running());
  }

  // ---- wakes -------------------------------------------------------------------------------

  private static CallBed.Client fill(CallBed bed) {
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(20);
    return client;
  }

  @Test
  void rejectedDispatcherHearsOfTheFreedSlot() {
    CallBed bed = CallBed.local();
    bed.dispatcher.maxAttempts(1);
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.silent());
    fill(bed);
    CallBed.Client second = fill(bed);
    fill(bed);
    assertTrue(bed.dispatcher.slotFree().isEmpty());
    second.call.cancel(ENOUGH);
    bed.advance(20);
    assertEquals(1, bed.dispatcher.slotFree().size());
    assertEquals(worker.id(), bed.dispatcher.slotFree().get(0).getSlotFree().getWorker());
    assertEquals(1, bed.dispatcher.slotFree().get(0).getSlotFree().getRunning());
  }

  @Test
  void freedSlotsGoRoundTheInterestedDispatchers() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 3, FakeWorker.silent());
    List<CallBed.Client> running = List.of(fill(bed), fill(bed), fill(bed));
    List<FakeDispatcher> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Lane lane = bed.lane("d" + i, 0);
      others.add(new FakeDispatcher(lane));
      worker.slots.interested().rejected(lane.endpoint());
    }
    running.get(0).call.cancel(ENOUGH);
    bed.advance(5);
    assertEquals(1, others.get(0).slotFree().size());
    assertEquals(0, others.get(1).slotFree().size() + others.get(2).slotFree().size());
    bed.advance(70);
    assertEquals(1, others.get(1).slotFree().size(), "the first one did not want it");
    assertEquals(0, others.get(2).slotFree().size());
    running.get(1).call.cancel(ENOUGH);
    bed.advance(5);
    assertEquals(1, others.get(2).slotFree().size());
    bed.advance(1000);
    assertTrue(worker.slots.interested().isEmpty());
  }

  @Test
  void idleWorkerWakesAll() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client runs = fill(bed);
    List<FakeDispatcher> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Lane lane = bed.lane("d" + i, 0);
      others.add(new FakeDispatcher(lane));
      worker.slots.interested().rejected(lane.endpoint());
    }
    runs.call.cancel(ENOUGH);
    bed.advance(5);
    for (FakeDispatcher other : others) {
      assertEquals(1, other.slotFree().size());
    }
  }

  @Test
  void dispatcherThatTakesEachFreedSlotStaysInterested() {
    Slots slots = new Slots(1);
    Lane lane = new CallBed().lane("d", 0);
    slots.interested().rejected(lane.endpoint());
    for (int i = 0; i < 3; i++) {
      assertEquals(lane.endpoint(), slots.interested().next(i));
      assertNull(slots.interested().next(i));
      slots.interested().accepted(lane.endpoint());
    }
    slots.interested().next(10);
    assertFalse(slots.interested().dropSilent(10));
    assertTrue(slots.interested().isEmpty());
  }

  // ---- announcements -----------------------------------------------------------------------

  @Test
  void attachAndDetachAreAnnouncedAtOnceWithGrowingVersions() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.silent());
    bed.clock.runDue();
    assertEquals(1, worker.announced.size());
    WorkerInfo info = worker.announced.get(0).getWorkers(0);
    assertEquals("w-a", info.getWorkerId());
    assertEquals("a", info.getNode());
    assertEquals("a", info.getNodeId());
    assertEquals(2, info.getCapacity());
    assertEquals(WorkerStatus.WORKER_IDLE, info.getStatus());
    assertTrue(info.getIncarnation() > 0);
    worker.attachment.drain();
    bed.clock.runDue();
    worker.attachment.detach();
    bed.clock.runDue();
    assertEquals(3, worker.announced.size());
    assertEquals(List.of("w-a"), worker.announced.get(2).getRemovedList());
    for (int i = 0; i < 3; i++) {
      assertEquals(i + 1, worker.announced.get(i).getVersion());
    }
  }

  @Test
  void whatHappensInOneTurnIsOneAnnouncement() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.silent());
    for (int i = 0; i < 100; i++) {
      WorkerInfo more = WorkerInfo.newBuilder().setWorkerId("more-" + i).build();
      worker.port.attach(more, new Slots(1), FakeWorker.silent());
    }
    bed.clock.runDue();
    assertEquals(1, worker.announced.size());
    assertEquals(101, worker.announced.get(0).getWorkersCount());
  }

  @Test
  void runningCallsAreAnnouncedAtMostEvery50Ms() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1000, FakeWorker.echo());
    int before = worker.announced.size();
    for (int i = 0; i < 500; i++) {
      bed.open().write("x").end();
      bed.advance(1);
    }
    bed.advance(1000);
    int messages = worker.announced.size() - before;
    assertTrue(messages >= 2 && messages <= 12, messages + " announcements");
    WorkerChanged last = worker.announced.get(worker.announced.size() - 1);
    assertEquals(0, last.getWorkers(0).getRunningTasks());
    assertEquals(500, last.getWorkers(0).getCalls());
  }

  @Test
  void ofVeryManyWorkersSomeAtATimeSayWhatTheyRun() {
    CallBed bed = CallBed.local();
    Lane lane = bed.lane("n", 0);
    List<WorkerChanged> announced = new ArrayList<>();
    WorkerPort port = new LanePort(lane, announced::add, task -> bed.clock.schedule(0, task));
    List<Slots> slots = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      Slots of = new Slots(4);
      slots.add(of);
      port.attach(WorkerInfo.newBuilder().setWorkerId("w" + i).build(), of, FakeWorker.silent());
    }
    bed.clock.runDue();
    announced.clear();
    slots.forEach(Slots::take);
    bed.clock.runDue();
    bed.advance(1000);
    assertEquals(
        List.of(100, 100, 50), announced.stream().map(WorkerChanged::getWorkersCount).toList());
    assertEquals(
        250,
        announced.stream()
            .flatMap(change -> change.getWorkersList().stream())
            .filter(worker -> worker.getRunningTasks() == 1)
            .map(WorkerInfo::getWorkerId)
            .distinct()
            .count());
  }

  @Test
  void onlyTheHomeLaneOfAWorkerOnEveryLaneAnnounces() {
    CallBed bed = CallBed.local();
    Slots slots = new Slots(4);
    WorkerInfo info =
        WorkerInfo.newBuilder()
            .setWorkerId("w")
            .setEveryLane(true)
            .setLane(1)
            .setIncarnation(7)
            .build();
    List<List<WorkerChanged>> announced = List.of(new ArrayList<>(), new ArrayList<>());
    List<Lane> lanes = List.of(bed.lane("n", 0), bed.lane("n", 1));
    for (int i = 0; i < 2; i++) {
      WorkerPort port =
          new LanePort(lanes.get(i), announced.get(i)::add, task -> bed.clock.schedule(0, task));
      port.attach(info, slots, FakeWorker.silent());
      bed.dispatcher.offerTo(lanes.get(i).endpoint(), "w", 7);
    }
    bed.clock.runDue();
    assertTrue(announced.get(0).isEmpty());
    assertEquals(1, announced.get(1).size());
    fill(bed);
    fill(bed);
    bed.advance(100);
    assertEquals(2, slots.running());
    assertTrue(announced.get(0).isEmpty());
    List<WorkerChanged> home = announced.get(1);
    assertEquals(2, home.get(home.size() - 1).getWorkers(0).getRunningTasks());
  }

  @Test
  void listAndCommandsAreAnsweredByTheLane() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.silent());
    Duration patience = Duration.ofSeconds(5);
    Future<WorkerChanged> list =
        bed.callerLane.ask(
            worker.lane.endpoint(),
            WorkerServices.LIST,
            WorkerChanged.getDefaultInstance(),
            patience);
    Future<WorkerChanged> news =
        bed.callerLane.ask(
            worker.lane.endpoint(),
            WorkerServices.LIST,
            WorkerChanged.newBuilder().setVersion(1).build(),
            patience);
    Future<WorkerInfo> drained =
        bed.callerLane.ask(
            worker.lane.endpoint(),
            WorkerServices.COMMAND,
            WorkerCommand.newBuilder().setWorker("w-a").setVerb("drain").build(),
            patience);
    Future<WorkerInfo> unknown =
        bed.callerLane.ask(
            worker.lane.endpoint(),
            WorkerServices.COMMAND,
            WorkerCommand.newBuilder().setWorker("w-z").setVerb("drain").build(),
            patience);
    Future<WorkerInfo> wrong =
        bed.callerLane.ask(
            worker.lane.endpoint(),
            WorkerServices.COMMAND,
            WorkerCommand.newBuilder().setWorker("w-a").setVerb("explode").build(),
            patience);
    bed.advance(100);
    assertTrue(list.result().getFull());
    assertEquals(1, list.result().getVersion());
    assertEquals("w-a", list.result().getWorkers(0).getWorkerId());
    assertEquals(1, news.result().getVersion());
    assertEquals(0, news.result().getWorkersCount());
    assertEquals(WorkerStatus.WORKER_DRAINING, drained.result().getStatus());
    assertEquals(FailureCode.NOT_FOUND, Failure.of(unknown.cause()).code());
    assertEquals(FailureCode.INVALID_REQUEST, Failure.of(wrong.cause()).code());
  }
}
