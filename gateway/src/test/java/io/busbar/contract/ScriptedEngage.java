package io.busbar.contract;

import io.busbar.failure.FailureCode;
import io.busbar.testing.RunnerCall;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/** The scripts of {@link ScriptedWorker} as a foreign runner does them. */
final class ScriptedEngage {
  private static final int FRAME = 10_240;

  private final RunnerCall call;
  private final ScriptLog.Seen seen;
  private final String[] script;
  private final int attempt;

  private ScriptedEngage(RunnerCall call) {
    this.call = call;
    this.seen = ScriptLog.of(call.header("X-Case"));
    this.script = call.header("X-Script").split(":");
    this.attempt = seen.began();
    call.closed().onComplete(v -> seen.over());
    call.reset().onSuccess(code -> seen.cancelledWith("reset " + code));
  }

  static void serve(RunnerCall call) {
    new ScriptedEngage(call).run();
  }

  private void run() {
    switch (script[0]) {
      case "echo" -> echo();
      case "collect" -> call.body().onSuccess(this::answer);
      case "discard" -> discard(bytes -> answer(Buffer.buffer("" + bytes)));
      case "early" -> {
        call.start(409).data("enough").succeed();
        call.onBody(data -> {}, end -> {});
      }
      case "produce" -> discard(bytes -> produce(0, number(1), call::succeed));
      case "fail" -> {
        call.onBody(data -> {}, end -> {});
        fail(script[1]);
      }
      case "failAfterRequest" -> discard(bytes -> fail(script[1]));
      case "failAfterOutput" -> discard(bytes -> produce(0, number(1), () -> fail(script[2])));
      case "busyUntilAttempt" -> {
        if (attempt < number(1)) {
          call.onBody(data -> {}, end -> {});
          call.fail(503, "scripted busy", false);
        } else {
          echo();
        }
      }
      case "slowRead" -> slowRead();
      case "never" -> call.onBody(data -> {}, end -> {});
      case "outputThenNever" -> {
        call.onBody(data -> {}, end -> {});
        produce(0, number(1), () -> {});
      }
      case "throw" -> {
        call.onBody(data -> {}, end -> {});
        call.fail(502, "function failed", true);
      }
      default -> throw new IllegalArgumentException("script " + script[0]);
    }
  }

  private long number(int at) {
    return Long.parseLong(script[at]);
  }

  private void fail(String name) {
    call.fail(FailureCode.ofWireName(name).status(), "scripted " + name, true);
  }

  private void answer(Buffer body) {
    call.start(200);
    for (int at = 0; at < body.length(); at += FRAME) {
      call.data(body.getBytes(at, Math.min(body.length(), at + FRAME)));
    }
    call.succeed();
  }

  private void discard(Consumer<Long> then) {
    long[] bytes = new long[1];
    call.onBody(data -> bytes[0] += data.length(), end -> then.accept(bytes[0]));
  }

  private void echo() {
    call.start(200);
    call.onBody(
        data -> {
          call.data(data.getBytes());
          if (!call.response().closed() && call.response().writeQueueFull()) {
            call.pause();
            call.response().drainHandler(v -> call.resume());
          }
        },
        end -> call.succeed());
  }

  private void slowRead() {
    long[] bytes = new long[1];
    Vertx vertx = Vertx.currentContext().owner();
    call.onBody(
        data -> {
          bytes[0] += data.length();
          call.pause();
          vertx.setTimer(
              1,
              id -> {
                // The last part is followed by the end, after which nothing can be resumed.
                if (!call.request().isEnded()) {
                  call.resume();
                }
              });
        },
        end -> answer(Buffer.buffer("" + bytes[0])));
  }

  private void produce(long from, long length, Runnable then) {
    if (from == 0) {
      call.start(200);
    }
    long at = from;
    while (at < length) {
      if (call.response().closed()) {
        return;
      }
      if (call.response().writeQueueFull()) {
        seen.blockedAfter(at);
        long resumeAt = at;
        call.response()
            .drainHandler(
                v -> {
                  call.response().drainHandler(null);
                  produce(resumeAt, length, then);
                });
        return;
      }
      int step = (int) Math.min(FRAME, length - at);
      call.data(Pattern.bytes(at, step).getBytes());
      at += step;
    }
    then.run();
  }
}
