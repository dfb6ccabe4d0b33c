package io.busbar.testing;

import io.busbar.fn.wire.CallFinished;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/** What scripted runners do, by name. */
public final class RunnerScripts {
  private RunnerScripts() {}

  /** Answers 200 with the body it got, after its end. */
  public static void echo(RunnerCall call) {
    call.body()
        .onSuccess(
            body -> {
              call.start(200, "Content-Type", "application/octet-stream");
              frames(call, body);
              call.succeed();
            });
  }

  private static void frames(RunnerCall call, Buffer body) {
    for (int at = 0; at < body.length(); at += 10_240) {
      call.data(body.getBytes(at, Math.min(body.length(), at + 10_240)));
    }
  }

  /** Too busy, as Fn's own runner says it. */
  public static void busy(RunnerCall call) {
    call.finished(
        CallFinished.newBuilder()
            .setDetails(call.json().getString("id"))
            .setErrorCode(503)
            .setErrorStr("Timed out - server too busy")
            .setCreatedAt("2026-01-15T10:20:30.123Z")
            .build());
    call.end(0, "");
  }

  /** Too busy once it has seen so many bytes of the body. */
  public static Consumer<RunnerCall> busyAfter(long bytes) {
    return call -> {
      long[] seen = new long[1];
      call.onBody(
          data -> {
            long before = seen[0];
            seen[0] += data.length();
            if (before < bytes && seen[0] >= bytes) {
              busy(call);
            }
          },
          end -> {
            if (seen[0] < bytes) {
              busy(call);
            }
          });
    };
  }

  /** Says nothing at all. */
  public static void silent(RunnerCall call) {
    call.onBody(data -> {}, end -> {});
  }

  /** Sends a head and some bytes, then cuts the connection. */
  public static void dropMidCall(RunnerCall call) {
    call.body()
        .onSuccess(
            body -> {
              call.start(200).data("half of it");
              call.response().write(Buffer.buffer()).onComplete(v -> call.drop());
            });
  }

  /** Sends output and then says that it is too busy. */
  public static void glued(RunnerCall call) {
    call.body()
        .onSuccess(
            body -> {
              call.start(200, "X-First", "1").data("first body");
              busy(call);
            });
  }

  /** Refuses the stream. */
  public static void refuse(RunnerCall call) {
    call.resetWith(7);
  }
}
