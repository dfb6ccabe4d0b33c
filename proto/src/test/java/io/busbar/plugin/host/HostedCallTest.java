package io.busbar.plugin.host;

import static io.busbar.plugin.host.HostStage.LOOP;
import static io.busbar.plugin.host.HostStage.await;
import static io.busbar.plugin.host.HostStage.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.RequestHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.plugin.PluginCall;
import io.busbar.worker.HeaderRules;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostedCallTest {
  private static FakeServedCall serve(TestPlugin.Serve serve, String body) {
    try (HostStage stage = HostStage.with(LOOP, serve)) {
      FakeServedCall call = stage.call();
      if (body != null) {
        call.sends(body);
      }
      await(call.outcome.future());
      return call;
    }
  }

  @Test
  void showsTheRequestHead() {
    AtomicReference<PluginCall> seen = new AtomicReference<>();
    try (HostStage stage =
        HostStage.with(
            LOOP,
            call -> {
              seen.set(call);
              return call.end();
            })) {
      RequestHead head =
          RequestHead.newBuilder()
              .setMethod("PUT")
              .setUri("/a?b")
              .setOriginal(ByteString.copyFromUtf8("{}"))
              .putExtensions("k", "v")
              .build();
      await(await(stage.port().call(head)).outcome.future());
      assertEquals("PUT", seen.get().method());
      assertEquals("/a?b", seen.get().uri());
      assertEquals("{}", seen.get().original().toString());
      assertEquals("v", seen.get().extensions().get("k"));
      assertEquals(26, seen.get().id().length());
    }
  }

  @Test
  void withoutStatusItIs200() {
    FakeServedCall call = serve(PluginCall::end, null);
    assertEquals(200, await(call.head.future()).getStatus());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 99, 199, 600, -1})
  void aStatusThatIsNoneEndsTheCall(int status) {
    FakeServedCall call = serve(c -> c.status(status).end(), null);
    assertEquals("status " + status + ", expected 200 to 599", failureOf(call).detail());
    assertEquals(FailureCode.WORKER_FAILED, failureOf(call).code());
  }

  @Test
  void aHeaderWithALineBreakEndsTheCallNamingIt() {
    FakeServedCall call = serve(c -> c.header("X-Bad", "a\r\nb: c").end(), null);
    assertEquals(FailureCode.WORKER_FAILED, failureOf(call).code());
    assertTrue(failureOf(call).detail().startsWith("header 'X-Bad'"));
    assertTrue(call.head.future().result() == null);
  }

  @Test
  void tooManyHeadersEndTheCall() {
    FakeServedCall call =
        serve(
            c -> {
              for (int i = 0; i <= HeaderRules.MAX_COUNT; i++) {
                c.header("X-" + i, "v");
              }
              return c.end();
            },
            null);
    assertEquals("more than 200 headers, at 'X-200'", failureOf(call).detail());
  }

  @Test
  void tooLargeHeadersEndTheCall() {
    FakeServedCall call = serve(c -> c.header("X-Big", "v".repeat(65536)).end(), null);
    assertEquals("more than 65536 bytes of headers, at 'X-Big'", failureOf(call).detail());
  }

  @Test
  void aHeaderAfterTheBodyBeganIsABug() {
    FakeServedCall call =
        serve(
            c -> {
              c.response().write(Buffer.buffer("x"));
              c.header("X", "late");
              return null;
            },
            null);
    assertEquals(
        "IllegalStateException: header after the first byte of the body", failureOf(call).detail());
  }

  @Test
  void trailersTravelWithTheEnd() {
    FakeServedCall call = serve(c -> c.trailer("X-Sum", "7").end(Buffer.buffer("b")), null);
    Outcome outcome = await(call.outcome.future());
    assertEquals("X-Sum", outcome.getTrailers(0).getName());
    assertEquals("b", call.body().toString());
    assertNull(failureOf(call));
  }

  @Test
  void theWholeBodyIsBounded() {
    FakeServedCall call = serve(c -> c.body(3), "four");
    assertEquals(FailureCode.TOO_LARGE, failureOf(call).code());
    assertEquals("request body of more than 3 bytes, expected at most 3", failureOf(call).detail());
  }

  @Test
  void anAnnouncedLengthBeyondTheLimitIsRefusedUnread() {
    try (HostStage stage = HostStage.with(LOOP, c -> c.body(3))) {
      FakeServedCall call =
          await(stage.port().call(RequestHead.newBuilder().setContentLength(4).build()));
      assertEquals(FailureCode.TOO_LARGE, failureOf(call).code());
      assertEquals(0, call.request.delivered());
    }
  }

  @Test
  void anEmptyBodyIsEmpty() {
    FakeServedCall call = serve(c -> c.body(3).compose(c::end), "");
    assertNull(failureOf(call));
    assertEquals(0, call.body().length());
  }

  @Test
  void sendPassesAStreamOn() {
    FakeServedCall call = serve(c -> c.send(c.request()), "pass this on");
    assertNull(failureOf(call));
    assertEquals("pass this on", call.body().toString());
  }

  @Test
  void sendOfAStreamThatBreaksIsNoSuccess() {
    FakeRequest source = new FakeRequest();
    Promise<Future<Void>> sent = Promise.promise();
    try (HostStage stage =
        HostStage.with(
            LOOP,
            call -> {
              Future<Void> sending = call.send(source);
              sent.complete(sending);
              return sending;
            })) {
      FakeServedCall call = stage.call();
      await(sent.future());
      call.onLane(
          () -> {
            source.push(Buffer.buffer("half"));
            source.breakWith(new java.io.IOException("pulled out"));
          });
      assertEquals("IOException: pulled out", failureOf(call).detail());
    }
  }

  @Test
  void aPipeWhoseRequestBrokeDoesNotEndWithSuccess() {
    Failure broken = Failure.of(FailureCode.STREAM_BROKEN, "gap");
    try (HostStage stage = HostStage.with(LOOP, call -> call.request().pipeTo(call.response()))) {
      FakeServedCall call = stage.call();
      call.onLane(
          () -> {
            call.request.push(Buffer.buffer("half"));
            call.request.breakWith(broken.toException());
          });
      assertEquals(FailureCode.STREAM_BROKEN, failureOf(call).code());
    }
  }

  @Test
  void aCancelEndsAPipeThatWaits() {
    Promise<Future<Void>> piping = Promise.promise();
    try (HostStage stage =
        HostStage.with(
            LOOP,
            call -> {
              Future<Void> pipe = call.send(call.request());
              piping.complete(pipe);
              return pipe;
            })) {
      FakeServedCall call = stage.call();
      call.full(true);
      call.onLane(() -> call.request.push(Buffer.buffer("x")));
      await(piping.future());
      call.cancel(Failure.of(FailureCode.CALLER_GONE, "gone"));
      await(call.slotFree.future());
      assertTrue(await(piping.future()).failed());
    }
  }

  @Test
  void aCancelHandlerThatComesLateIsTold() {
    Promise<PluginCall> there = Promise.promise();
    Promise<Failure> told = Promise.promise();
    try (HostStage stage =
        HostStage.with(
            LOOP,
            call -> {
              there.complete(call);
              return null;
            })) {
      FakeServedCall call = stage.call();
      PluginCall served = await(there.future());
      Failure gone = Failure.of(FailureCode.CALLER_GONE, "gone");
      call.cancel(gone);
      await(call.outcome.future());
      call.onLane(() -> served.cancelHandler(told::complete));
      assertEquals(gone, await(told.future()));
    }
  }

  @Test
  void theEndCountsOnce() {
    FakeServedCall call =
        serve(
            c -> {
              c.end(Buffer.buffer("first"));
              c.fail(Failure.of(FailureCode.INTERNAL, "second"));
              c.end();
              return Future.failedFuture("third");
            },
            null);
    assertNull(failureOf(call));
    assertEquals("first", call.body().toString());
  }
}
