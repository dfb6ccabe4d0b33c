package io.busbar.contract;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.plugin.PluginCall;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * A worker that does what the request header {@code X-Script} says: a verb and arguments with
 * colons. {@code X-Case} names the test's case in {@link ScriptLog}.
 */
final class ScriptedWorker {
  private static final int CHUNK = 16 << 10;
  private static final int MOST_BODY = 128 << 20;

  private ScriptedWorker() {}

  static Future<?> serve(PluginCall call) {
    ScriptLog.Seen seen = ScriptLog.of(call.headers().get("X-Case"));
    int attempt = seen.began();
    Promise<Void> over = Promise.promise();
    over.future().onComplete(v -> seen.over());
    call.cancelHandler(
        failure -> {
          seen.cancelledWith(failure.code().wireName());
          over.tryComplete();
        });
    String[] script = call.headers().get("X-Script").split(":");
    Future<?> done = run(call, script, attempt, seen);
    done.onComplete(v -> over.tryComplete());
    return over.future();
  }

  private static Future<?> run(PluginCall call, String[] script, int attempt, ScriptLog.Seen seen) {
    switch (script[0]) {
      case "echo":
        return call.send(call.request());
      case "collect":
        return call.body(MOST_BODY).compose(call::end);
      case "discard":
        return discard(call).compose(bytes -> call.end(Buffer.buffer("" + bytes)));
      case "early":
        return call.status(409).end(Buffer.buffer("enough"));
      case "produce":
        return produce(call, Long.parseLong(script[1]), seen).compose(v -> call.end());
      case "fail":
        call.fail(failure(script[1]));
        return Future.succeededFuture();
      case "failAfterRequest":
        return discard(call).onSuccess(v -> call.fail(failure(script[1])));
      case "failAfterOutput":
        return produce(call, Long.parseLong(script[1]), seen)
            .onSuccess(v -> call.fail(failure(script[2])));
      case "busyUntilAttempt":
        if (attempt < Integer.parseInt(script[1])) {
          call.fail(failure("busy"));
          return Future.succeededFuture();
        }
        return call.send(call.request());
      case "slowRead":
        return slowRead(call).compose(bytes -> call.end(Buffer.buffer("" + bytes)));
      case "never":
        return Promise.promise().future();
      case "outputThenNever":
        return produce(call, Long.parseLong(script[1]), seen)
            .compose(v -> Promise.promise().future());
      case "throw":
        throw new IllegalStateException("scripted");
      default:
        throw new IllegalArgumentException("script " + script[0]);
    }
  }

  private static Failure failure(String name) {
    return Failure.of(FailureCode.ofWireName(name), "scripted " + name);
  }

  private static Future<Long> discard(PluginCall call) {
    Promise<Long> whole = Promise.promise();
    long[] bytes = new long[1];
    call.request()
        .exceptionHandler(whole::tryFail)
        .endHandler(v -> whole.tryComplete(bytes[0]))
        .handler(data -> bytes[0] += data.length())
        .resume();
    return whole.future();
  }

  /** One buffer per turn of the loop. */
  private static Future<Long> slowRead(PluginCall call) {
    Promise<Long> whole = Promise.promise();
    Context context = Vertx.currentContext();
    long[] bytes = new long[1];
    call.request()
        .exceptionHandler(whole::tryFail)
        .endHandler(v -> whole.tryComplete(bytes[0]))
        .handler(
            data -> {
              bytes[0] += data.length();
              context.owner().setTimer(1, id -> call.request().fetch(1));
            })
        .pause()
        .fetch(1);
    return whole.future();
  }

  private static Future<Void> produce(PluginCall call, long length, ScriptLog.Seen seen) {
    Promise<Void> all = Promise.promise();
    pump(call, 0, length, seen, all);
    return all.future();
  }

  private static void pump(
      PluginCall call, long from, long length, ScriptLog.Seen seen, Promise<Void> all) {
    WriteStream<Buffer> out = call.response();
    long at = from;
    while (at < length) {
      if (call.isEnded()) {
        all.tryFail("ended");
        return;
      }
      if (out.writeQueueFull()) {
        seen.blockedAfter(at);
        long resumeAt = at;
        out.drainHandler(v -> pump(call, resumeAt, length, seen, all));
        return;
      }
      int step = (int) Math.min(CHUNK, length - at);
      out.write(Pattern.bytes(at, step));
      at += step;
    }
    all.tryComplete();
  }
}
