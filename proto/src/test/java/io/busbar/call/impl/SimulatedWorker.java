package io.busbar.call.impl;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.FakeWorker;
import io.busbar.worker.ServedCall;
import io.vertx.core.buffer.Buffer;

/** What the workers of a schedule do with a call: one of a few things, by chance. */
final class SimulatedWorker {
  static final String ATTEMPT = "attempt";
  static final String ECHO = "echo";
  static final String OWN = "own answer";

  private final SimulatedCalls world;
  private final String node;

  SimulatedWorker(SimulatedCalls world, String node) {
    this.world = world;
    this.node = node;
  }

  /** One attempt at a worker. */
  static final class Serving {
    final String node;
    final int attempt;
    final ServedCall call;

    Serving(String node, ServedCall call) {
      this.node = node;
      this.attempt = call.offer().attempt();
      this.call = call;
    }
  }

  void serve(ServedCall call) {
    SimulatedClient client = world.byId.get(call.offer().id());
    client.served(new Serving(node, call));
    switch (world.random.nextInt(9)) {
      case 0, 1, 2 -> {
        call.respond(head(call, ECHO));
        FakeWorker.echo(call);
      }
      case 3 -> collect(call, false);
      case 4 -> collect(call, true);
      case 5 -> call.fail(Failure.of(FailureCode.BUSY, "not now"));
      case 6 -> {
        call.respond(head(call, OWN));
        later(() -> call.response().write(Buffer.buffer("half")));
        later(() -> call.fail(Failure.of(FailureCode.WORKER_FAILED, "broke")));
      }
      case 7 ->
          later(
              () -> {
                call.respond(head(call, OWN));
                call.response().write(Buffer.buffer(OWN));
                call.response().end();
              });
      default -> {
        // Silent until its time is over.
      }
    }
  }

  private void collect(ServedCall call, boolean busy) {
    Buffer body = Buffer.buffer();
    call.request().handler(body::appendBuffer);
    call.request()
        .endHandler(
            nothing ->
                later(
                    () -> {
                      if (busy) {
                        call.fail(Failure.of(FailureCode.BUSY, "after all"));
                        return;
                      }
                      call.respond(head(call, ECHO));
                      call.response().write(body);
                      call.response().end();
                    }));
    call.request().resume();
  }

  private void later(Runnable action) {
    world.clock.schedule(world.random.nextInt(400), action);
  }

  private static ResponseHead head(ServedCall call, String kind) {
    return ResponseHead.newBuilder()
        .setStatus(200)
        .addHeaders(Header.newBuilder().setName("kind").setValue(kind))
        .addHeaders(
            Header.newBuilder().setName(ATTEMPT).setValue(Integer.toString(call.offer().attempt())))
        .build();
  }
}
