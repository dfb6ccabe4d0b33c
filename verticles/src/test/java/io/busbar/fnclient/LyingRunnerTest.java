package io.busbar.fnclient;

import static io.busbar.fnclient.RunnerStage.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallResultStart;
import io.busbar.fn.wire.HttpHeader;
import io.busbar.fn.wire.HttpRespMeta;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.fn.wire.RunnerStatus;
import io.busbar.fnclient.RunnerOutcome.Kind;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A runner that lies gets its call failed with a named reason; nothing of the lie passes. */
class LyingRunnerTest {
  private final RunnerStage stage = new RunnerStage();

  @BeforeEach
  void open() {
    stage.open();
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private static Arguments lie(String name, String reason, Consumer<RunnerCall> script) {
    return Arguments.of(name, reason, script);
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        lie("status 99", "status 99, expected 200 to 599", call -> call.start(99).succeed()),
        lie("status 1000", "status 1000, expected", call -> call.start(1000).succeed()),
        lie("status -1", "status -1, expected", call -> call.start(-1).succeed()),
        lie("status 100", "status 100, expected", call -> call.start(100).succeed()),
        lie(
            "a line break in a header",
            "header 'X-A' has a line break",
            call -> call.start(200, "X-A", "a\r\nSet-Cookie: b").succeed()),
        lie(
            "a header name with a blank",
            "header 'X A' has a character at 1",
            call -> call.start(200, "X A", "a").succeed()),
        lie("a header without a name", "a header without", call -> call.start(200, "", "a")),
        lie("endless headers", "headers, expected at most 200", LyingRunnerTest::endless),
        lie(
            "endless bytes of headers",
            "bytes of headers",
            call -> call.start(200, "X-A", "a".repeat(70_000)).succeed()),
        lie(
            "a message of 4 GiB",
            "message of 4294967295 bytes, expected at most 4194304",
            call -> call.bytes(Buffer.buffer(new byte[] {0, -1, -1, -1, -1, 1, 2, 3}))),
        lie(
            "a message over the limit",
            "message of 4194305 bytes",
            call -> call.raw(new byte[(4 << 20) + 1])),
        lie(
            "a compressed message",
            "message is compressed",
            call -> call.bytes(Buffer.buffer(new byte[] {1, 0, 0, 0, 0}))),
        lie(
            "an unknown message flag",
            "message flag 7",
            call -> call.bytes(Buffer.buffer(new byte[] {7, 0, 0, 0, 0}))),
        lie("no protobuf", "RunnerMsg: ", call -> call.raw(new byte[] {-1, -1, -1})),
        lie("a cut data frame", "RunnerMsg: ", call -> call.raw(new byte[] {0x12, 3, 0x0a, 9, 1})),
        lie(
            "invalid UTF-8 in a header",
            "invalid UTF-8",
            call -> call.raw(new byte[] {0x0a, 9, (byte) 0xa2, 6, 6, 0x12, 4, 0x0a, 2, -1, -2})),
        lie("invalid UTF-8 in a text", "invalid UTF-8", call -> call.raw(badText())),
        lie(
            "errorCode 1000",
            "errorCode: 1000, expected 400 to 599",
            call -> call.fail(1000, "why", false)),
        lie("errorCode 200", "errorCode: 200", call -> call.fail(200, "fine", false)),
        lie("errorCode -1", "errorCode: -1", call -> call.fail(-1, "odd", true)),
        lie(
            "a cut last message",
            "the last message is cut short",
            call -> {
              call.bytes(Buffer.buffer(new byte[] {0, 0, 0, 0, 9, 1}));
              call.end(0, "");
            }),
        lie(
            "HTTP 404",
            "HTTP status 404, expected 200",
            call -> call.response().setStatusCode(404).end()),
        lie(
            "a web page",
            "content-type text/html",
            call -> call.response().putHeader("content-type", "text/html").end("<html>")),
        lie("no grpc-status", "without a grpc-status", call -> call.start(200).response().end()),
        lie("a grpc-status in words", "grpc-status OK, expected a number", LyingRunnerTest::words));
  }

  private static void endless(RunnerCall call) {
    HttpRespMeta.Builder http = HttpRespMeta.newBuilder().setStatusCode(200);
    for (int i = 0; i < 100_000; i++) {
      http.addHeaders(HttpHeader.newBuilder().setKey("x" + i).setValue("v"));
    }
    call.send(
        RunnerMsg.newBuilder().setResultStart(CallResultStart.newBuilder().setHttp(http)).build());
  }

  private static byte[] badText() {
    // finished = 3, errorStr = 4 with bytes that are no UTF-8.
    return new byte[] {0x1a, 4, 0x22, 2, (byte) 0xc3, 0x28};
  }

  private static void words(RunnerCall call) {
    call.start(200).response().putTrailer("grpc-status", "OK").end();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void aLieFailsTheCallWithItsName(String name, String reason, Consumer<RunnerCall> script) {
    stage.runner(call -> call.body().onSuccess(body -> script.accept(call)));
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("request")));
    assertFalse(answer.whole(), answer::toString);
    Failure failure = answer.end().failure();
    assertEquals(FailureCode.WORKER_PROTOCOL, failure.code(), failure::detail);
    assertTrue(failure.detail().contains(reason), failure::detail);
    assertFalse(failure.retrySafe());
    assertEquals(stage.handles.get(0).workerId(), failure.worker());
    assertEquals(1, answer.end().attempts());
    RunnerOutcome outcome = stage.outcome();
    assertEquals(Kind.PROTOCOL_VIOLATION, outcome.kind());
    assertTrue(outcome.kind().fault());
  }

  @Test
  void nothingOfABadHeadReachesTheCaller() {
    stage.runner(call -> call.start(200, "X-Good", "1", "X-Bad", "a\nb").data("x").succeed());
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("request")));
    assertNull(answer.head());
    assertEquals(0, answer.body().length());
  }

  @Test
  void aLieCostsTheOtherCallsOfTheConnectionNothing() {
    ScriptedRunner runner =
        stage.runner(
            call ->
                call.body()
                    .onSuccess(
                        body -> {
                          if (body.toString().equals("lie")) {
                            call.bytes(Buffer.buffer(new byte[] {0, -1, -1, -1, -1}));
                          } else {
                            call.start(200).data(body.getBytes()).succeed();
                          }
                        }));
    var lie = stage.call(Buffer.buffer("lie"));
    var honest = stage.call(Buffer.buffer("honest"));
    assertFalse(await(lie).whole());
    assertTrue(await(honest).whole());
    assertEquals(1, runner.accepted());
  }

  @Test
  void hugeResponseHeadersOfHttp2EndTheCallAndNotTheNode() {
    stage.runner(
        call -> {
          for (int i = 0; i < 2000; i++) {
            call.response().putHeader("x-" + i, "v".repeat(100));
          }
          call.response().end();
        });
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("request")));
    assertFalse(answer.whole());
  }

  @Test
  void aNegativeActiveIsRefused() {
    ScriptedRunner runner = stage.runner(RunnerCall::succeed);
    runner.status(
        request -> ScriptedRunner.answer(request, RunnerStatus.newBuilder().setActive(-3).build()));
    Failure failure = statusFailure();
    assertEquals(FailureCode.WORKER_PROTOCOL, failure.code());
    assertTrue(failure.detail().contains("active: -3, expected 0 or more"), failure::detail);
  }

  @Test
  void aStatusThatIsNoStatusIsRefused() {
    ScriptedRunner runner = stage.runner(RunnerCall::succeed);
    runner.status(
        request ->
            request
                .response()
                .putHeader("content-type", "application/grpc")
                .putTrailer("grpc-status", "0")
                .setChunked(true)
                .end(Buffer.buffer(new byte[] {0, 0, 0, 0, 3, -1, -1, -1})));
    assertEquals(FailureCode.WORKER_PROTOCOL, statusFailure().code());
  }

  private Failure statusFailure() {
    try {
      stage.handles.get(0).status(20_000).toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException | CompletionException e) {
      return Failure.of(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("the status was taken");
  }
}
