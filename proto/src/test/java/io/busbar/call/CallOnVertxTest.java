package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.testing.FakeDispatcher;
import io.busbar.testing.FakeWorker;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerPort;
import io.busbar.worker.WorkerPorts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The two ends on real lanes: an event loop each, joined by the event bus. */
@ExtendWith(VertxExtension.class)
class CallOnVertxTest {
  private static Future<Lane> lane(Vertx vertx, MemoryBudget memory, int index) {
    Promise<Lane> lane = Promise.promise();
    ((VertxInternal) vertx)
        .createEventLoopContext()
        .runOnContext(
            nothing ->
                Lanes.open(
                        vertx,
                        new NodeIdentity("node", "node", 5),
                        index,
                        BusOptions.DEFAULTS,
                        memory,
                        BusObserver.NONE)
                    .onComplete(lane));
    return lane.future();
  }

  private record Told(WorkerChanged change, WorkerPort.Attachment attachment) {}

  private static Future<Told> attach(Vertx vertx, Lane lane) {
    Promise<WorkerChanged> change = Promise.promise();
    Promise<WorkerPort.Attachment> attachment = Promise.promise();
    vertx
        .eventBus()
        .consumer(
            Addresses.WORKERS,
            message -> change.tryComplete(BusCodec.body(message, WorkerChanged.class)))
        .completion()
        .onSuccess(
            ready ->
                lane.context()
                    .runOnContext(
                        nothing ->
                            attachment.complete(
                                WorkerPorts.open(lane)
                                    .attach(
                                        WorkerInfo.newBuilder()
                                            .setWorkerId("w")
                                            .setPool("p")
                                            .build(),
                                        new Slots(4),
                                        FakeWorker.echo()))));
    return Future.all(change.future(), attachment.future())
        .map(both -> new Told(both.resultAt(0), both.resultAt(1)));
  }

  private static Future<CallEnd> call(Lane lane, Lane worker, Told told, Buffer answer) {
    Promise<CallEnd> end = Promise.promise();
    lane.context()
        .runOnContext(
            nothing -> {
              new FakeDispatcher(lane)
                  .offerTo(worker.endpoint(), "w", told.attachment().info().getIncarnation());
              Call call =
                  CallClient.open(lane, lane::endpoint)
                      .open(CallRequest.to("p", RequestHead.getDefaultInstance()));
              call.response()
                  .onSuccess(response -> response.body().handler(answer::appendBuffer).resume());
              call.end().onComplete(end);
              call.body().write(Buffer.buffer("over two "));
              call.body().write(Buffer.buffer("loops"));
              call.body().end();
            });
    return end.future();
  }

  @Test
  void callBetweenTwoLanesOfANode(Vertx vertx, VertxTestContext test) {
    MemoryBudget memory = new MemoryBudget(BusOptions.DEFAULTS.memory());
    Buffer answer = Buffer.buffer();
    Future.all(lane(vertx, memory, 0), lane(vertx, memory, 1))
        .compose(
            lanes -> {
              Lane caller = lanes.resultAt(0);
              Lane worker = lanes.resultAt(1);
              return attach(vertx, worker)
                  .compose(
                      told -> {
                        test.verify(
                            () -> {
                              assertTrue(told.change().getVersion() > 0);
                              assertEquals(
                                  List.of("w"),
                                  told.change().getWorkersList().stream()
                                      .map(WorkerInfo::getWorkerId)
                                      .toList());
                            });
                        return call(caller, worker, told, answer);
                      });
            })
        .onComplete(
            test.succeeding(
                end ->
                    test.verify(
                        () -> {
                          assertNull(end.failure());
                          assertEquals("over two loops", answer.toString());
                          test.completeNow();
                        })));
  }
}
