package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.impl.LaneCalls;
import io.busbar.failure.Failure;
import io.busbar.testing.FakeDispatcher;
import io.busbar.testing.FakeLane;
import io.busbar.testing.FakeLink;
import io.busbar.testing.FakeWorker;
import io.busbar.testing.ManualClock;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerPort;
import io.busbar.worker.impl.LanePort;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A caller's lane with its dispatcher, and workers' lanes on other nodes, on a fake link and a
 * manual clock.
 */
final class CallBed {
  final ManualClock clock = new ManualClock();
  final FakeLink link;
  final BusOptions options = BusOptions.DEFAULTS;
  final List<Lane> lanes = new ArrayList<>();
  final Lane callerLane;
  LaneCalls calls;
  FakeDispatcher dispatcher;

  /** A worker on a lane of its own. */
  final class Worker {
    final Lane lane;
    final LanePort port;
    final Slots slots;
    final FakeWorker adapter;
    final WorkerPort.Attachment attachment;
    final List<WorkerChanged> announced = new ArrayList<>();

    Worker(String node, int capacity, FakeWorker adapter) {
      this.lane = lane(node, 0);
      this.port = new LanePort(lane, announced::add, task -> clock.schedule(0, task));
      this.slots = new Slots(capacity);
      this.adapter = adapter;
      this.attachment =
          port.attach(
              WorkerInfo.newBuilder().setWorkerId("w-" + node).setPool("p").build(),
              slots,
              adapter);
    }

    String id() {
      return attachment.info().getWorkerId();
    }

    long incarnation() {
      return attachment.info().getIncarnation();
    }
  }

  /** What a caller sees of one call. */
  final class Client {
    final Call call;
    final Buffer body = Buffer.buffer();
    CallResponse response;
    CallEnd end;
    int ends;
    int bodyEnds;
    Failure bodyFailure;

    Client(Call call) {
      this.call = call;
      call.response()
          .onSuccess(
              answer -> {
                response = answer;
                answer.body().handler(body::appendBuffer);
                answer.body().endHandler(nothing -> bodyEnds++);
                answer.body().exceptionHandler(cause -> bodyFailure = Failure.of(cause));
                answer.body().resume();
              });
      call.end()
          .onSuccess(
              how -> {
                end = how;
                ends++;
              });
    }

    Client write(String text) {
      call.body().write(Buffer.buffer(text));
      return this;
    }

    Client end() {
      call.body().end();
      return this;
    }

    /** The text "body" came back, from one of the workers, and none of them holds a slot. */
    void assertEchoed(Worker... workers) {
      assertEquals(1, ends, "ended once");
      assertNull(end.failure());
      assertEquals("body", body.toString());
      int served = 0;
      for (Worker worker : workers) {
        served += worker.adapter.served().size();
        assertEquals(0, worker.slots.running(), "slots of " + worker.id());
        assertEquals(0, worker.port.running());
      }
      assertEquals(1, served, "calls served");
    }
  }

  CallBed() {
    this(1);
  }

  CallBed(long seed) {
    link = new FakeLink(clock, seed);
    callerLane = lane("caller", 0);
  }

  /** The usual one: the dispatcher on the caller's lane. */
  static CallBed local() {
    CallBed bed = new CallBed();
    bed.dispatcher = new FakeDispatcher(bed.callerLane);
    bed.calls = new LaneCalls(bed.callerLane, bed.callerLane::endpoint, null);
    return bed;
  }

  /** The dispatcher on another node. */
  static CallBed remote() {
    CallBed bed = new CallBed();
    Lane gateway = bed.lane("gateway", 0);
    bed.dispatcher = new FakeDispatcher(gateway);
    bed.calls = new LaneCalls(bed.callerLane, gateway::endpoint, null);
    return bed;
  }

  Lane lane(String node, int index) {
    Lane lane =
        FakeLane.open(
            link,
            clock,
            new NodeIdentity(node, node, 1 + (node.hashCode() & Integer.MAX_VALUE)),
            index,
            options,
            new MemoryBudget(options.memory()),
            BusObserver.NONE);
    lanes.add(lane);
    return lane;
  }

  /** A worker that the dispatcher knows. */
  Worker worker(String node, int capacity, FakeWorker adapter) {
    Worker worker = new Worker(node, capacity, adapter);
    dispatcher.offerTo(worker.lane.endpoint(), worker.id(), worker.incarnation());
    return worker;
  }

  Client open() {
    return open(request());
  }

  Client open(CallRequest request) {
    return new Client(calls.open(request));
  }

  static CallRequest request() {
    return CallRequest.to("p", RequestHead.newBuilder().setOrigin("test").build());
  }

  /** Loses the first items of a kind between nodes, as many as said. */
  void lose(Item.BodyCase kind, int times) {
    lose(item -> item.getBodyCase() == kind, times);
  }

  /** The same of items that the test names. */
  void lose(Predicate<Item> which, int times) {
    int[] left = {times};
    link.tamper(item -> which.test(item) && left[0]-- > 0 ? null : item);
  }

  void advance(long millis) {
    clock.advance(millis);
  }

  /** The node is dead and everybody is told. */
  void nodeLeaves(String node) {
    link.kill(node);
    for (Lane lane : lanes) {
      if (!lane.endpoint().node().equals(node)) {
        lane.peerLeft(node);
      }
    }
  }
}
