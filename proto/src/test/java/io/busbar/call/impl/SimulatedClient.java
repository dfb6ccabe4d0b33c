package io.busbar.call.impl;

import io.busbar.call.CallEnd;
import io.busbar.call.CallResponse;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One caller of a schedule: writes and reads in its own time, perhaps gives up, and checks. */
final class SimulatedClient {
  final ClientCall call;

  private final SimulatedCalls world;
  private final String node;
  private final Random random;
  private final Buffer request = Buffer.buffer();
  private final Buffer answer = Buffer.buffer();
  private final List<SimulatedWorker.Serving> servings = new ArrayList<>();
  private int total;
  private int committedTo;
  private CallResponse response;
  private CallEnd end;
  private int ends;
  private int bodyEnds;
  private int bodyFailures;

  SimulatedClient(SimulatedCalls world, String node, ClientCall call) {
    this.world = world;
    this.node = node;
    this.random = world.random;
    this.call = call;
  }

  void start() {
    total = random.nextInt(4) == 0 ? 0 : random.nextInt(random.nextInt(8) == 0 ? 800_000 : 3000);
    call.committed().onSuccess(nothing -> committed());
    call.end()
        .onSuccess(
            how -> {
              end = how;
              ends++;
            });
    call.response().onSuccess(this::answered);
    call.body().drainHandler(nothing -> write());
    if (random.nextInt(4) == 0) {
      world.clock.schedule(random.nextInt(3000), this::write);
    } else {
      write();
    }
    if (random.nextInt(6) == 0) {
      world.clock.schedule(
          random.nextInt(2000),
          () -> call.cancel(Failure.of(FailureCode.CANCELLED, "by the caller")));
    }
  }

  private void write() {
    while (request.length() < total && !call.body().writeQueueFull()) {
      byte[] piece = new byte[Math.min(total - request.length(), 1 + random.nextInt(60_000))];
      random.nextBytes(piece);
      request.appendBytes(piece);
      call.body().write(Buffer.buffer(piece));
      if (random.nextInt(4) == 0) {
        world.clock.schedule(random.nextInt(100), this::write);
        return;
      }
    }
    if (request.length() == total) {
      total = -1;
      call.body().end();
    }
  }

  private void answered(CallResponse came) {
    response = came;
    came.body().handler(answer::appendBuffer);
    came.body().endHandler(nothing -> bodyEnds++);
    came.body().exceptionHandler(cause -> bodyFailures++);
    if (random.nextInt(3) == 0) {
      world.clock.schedule(random.nextInt(1500), () -> came.body().resume());
    } else {
      came.body().resume();
    }
  }

  void served(SimulatedWorker.Serving serving) {
    if (committedTo != 0 && committedTo != serving.attempt) {
      world.violated(
          call.id() + " starts attempt " + serving.attempt + ", committed to " + committedTo);
    }
    for (SimulatedWorker.Serving other : servings) {
      if (other.attempt == serving.attempt) {
        world.violated(call.id() + " attempt " + serving.attempt + " is served twice");
      }
    }
    servings.add(serving);
  }

  private void committed() {
    committedTo = call.lastSeenAttempt();
    for (SimulatedWorker.Serving other : servings) {
      if (other.attempt != committedTo && !other.call.ended() && !world.dead.contains(other.node)) {
        world.violated(
            call.id()
                + " is committed to "
                + committedTo
                + " while attempt "
                + other.attempt
                + " is served");
      }
    }
  }

  boolean succeeded() {
    return end != null && end.succeeded();
  }

  void check() {
    if (world.dead.contains(node)) {
      return;
    }
    if (ends != 1) {
      world.violated(call.id() + " ended " + ends + " times");
      return;
    }
    if (bodyEnds + bodyFailures > 1) {
      world.violated(call.id() + " body ended twice");
    }
    if (end.failure() == null) {
      checkSuccess();
    } else if (bodyEnds > 0) {
      world.violated(call.id() + " body ended well, the call with " + end.failure());
    } else if (committedTo != 0
        && end.failure().retrySafe()
        && end.failure().code() != FailureCode.BUSY_AFTER_COMMIT
        && end.failure().code() != FailureCode.BUSY) {
      world.violated(call.id() + " said retry-safe after commit: " + end.failure());
    }
  }

  private void checkSuccess() {
    if (bodyEnds != 1) {
      world.violated(call.id() + " succeeded, its body did not end");
    }
    String kind = response.head().getHeaders(0).getValue();
    int attempt = Integer.parseInt(response.head().getHeaders(1).getValue());
    if (attempt != committedTo) {
      world.violated(call.id() + " answered by " + attempt + ", committed to " + committedTo);
    }
    Buffer expected =
        kind.equals(SimulatedWorker.ECHO) ? request : Buffer.buffer(SimulatedWorker.OWN);
    if (!expected.equals(answer)) {
      world.violated(call.id() + " got " + answer.length() + " bytes of " + expected.length());
    }
  }
}
