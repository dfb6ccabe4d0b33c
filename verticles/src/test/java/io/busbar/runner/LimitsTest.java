package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.security.Access;
import io.busbar.testing.FakeCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.busbar.testing.RawHttp2;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClientOptions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is refused because there is too much of it, or because nothing moves. */
class LimitsTest {
  private static final long REFUSED_STREAM = 7;
  private static final int MAX_CONCURRENT_STREAMS = 3;

  private final RunnerRig rig = new RunnerRig();

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void oneCallTooManyOnAConnectionIsANackAfterItsTryCall() {
    rig.options(o -> o.maxCallsPerConnection(2)).start();
    try (FakeFnLb lb = rig.lb();
        FakeFnLb other = rig.lb()) {
      FakeEngagement first = lb.engage().tryCall(RunnerRig.CALL).eof();
      lb.engage().tryCall(RunnerRig.CALL).eof();
      FakeCall call = rig.calls.next();
      rig.calls.next();
      FakeEngagement third = lb.engage();
      assertFalse(third.ended());
      FakeEngagement.End end = third.tryCall(RunnerRig.CALL).end();
      assertEquals(503, end.finished().getErrorCode());
      assertEquals(1, end.messages().size());
      other.engage().tryCall(RunnerRig.CALL).eof();
      rig.calls.next();
      call.respond(200).succeed();
      assertTrue(first.end().finished().getSuccess());
      lb.engage().tryCall(RunnerRig.CALL).eof();
      rig.calls.next();
    }
  }

  /** Else calls would wait in the load balancer, where nobody sees them. */
  @Test
  void aClientIsToldOnceThatItMayOpenManyStreams() throws Exception {
    rig.start();
    try (RawHttp2 client = new RawHttp2(rig.vertx, rig.front.port(), new NetClientOptions())) {
      Buffer settings = client.settings().get(30, TimeUnit.SECONDS);
      Long most = null;
      for (int at = 0; at < settings.length(); at += 6) {
        if (settings.getUnsignedShort(at) == MAX_CONCURRENT_STREAMS) {
          most = settings.getUnsignedInt(at + 2);
        }
      }
      assertTrue(most != null && most >= 10_000, "MAX_CONCURRENT_STREAMS " + most);
    }
  }

  @Test
  void oneCallTooManyOnALaneIsANack() {
    rig.options(o -> o.maxCalls(1)).start();
    try (FakeFnLb lb = rig.lb();
        FakeFnLb other = rig.lb()) {
      lb.engage().tryCall(RunnerRig.CALL).eof();
      rig.calls.next();
      assertEquals(503, other.engage().tryCall(RunnerRig.CALL).end().finished().getErrorCode());
    }
  }

  @Test
  void tooManyStreamsWithoutATryCallAreRefused() {
    rig.options(o -> o.maxWaiting(3)).start();
    try (FakeFnLb lb = rig.lb()) {
      for (int i = 0; i < 3; i++) {
        lb.engage();
      }
      rig.until("three wait", () -> rig.front.openStreams() == 3);
      assertEquals(REFUSED_STREAM, lb.engage().end().resetCode());
    }
  }

  @Test
  void oneConnectionTooManyIsClosed() throws Exception {
    rig.options(o -> o.maxConnections(1)).start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
      FakeCall call = rig.calls.next();
      try (RawHttp2 more = new RawHttp2(rig.vertx, rig.front.port(), new NetClientOptions())) {
        more.closed().get(20, TimeUnit.SECONDS);
      }
      call.respond(200).succeed();
      assertTrue(engage.end().finished().getSuccess());
    }
    rig.until("connection counted off", () -> rig.node.connections() == 0);
  }

  @Test
  void aLongHeaderBlockIsRefusedAndTheConnectionLives() {
    rig.options(o -> o.maxHeaders(4096)).start();
    try (RawHttp2 client = new RawHttp2(rig.vertx, rig.front.port(), new NetClientOptions())) {
      String[] bomb = new String[100];
      for (int i = 0; i < bomb.length; i += 2) {
        bomb[i] = "x-bomb-" + i;
        bomb[i + 1] = "b".repeat(70);
      }
      int refused = client.open("/RunnerProtocol/Engage", "http", bomb);
      RawHttp2.Frame answer = client.next(RawHttp2.HEADERS);
      assertEquals(refused, answer.stream());
      assertEquals("431", String.valueOf(answer.headers().status()));
      int unknown = client.open("/RunnerProtocol/Nope", "http");
      RawHttp2.Frame next = client.next(RawHttp2.HEADERS);
      assertEquals(unknown, next.stream());
      assertEquals("12", String.valueOf(next.headers().get("grpc-status")));
    }
    assertEquals(0, rig.node.received());
  }

  @Test
  void aBodyOverTheLimitIs413() throws Exception {
    rig.options(o -> o.maxBody(1000)).start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).data("x".repeat(1000));
      FakeCall call = rig.calls.next();
      engage.data("y");
      assertEquals(413, engage.end().finished().getErrorCode());
      assertEquals(FailureCode.TOO_LARGE, call.cancelled().get(20, TimeUnit.SECONDS).code());
    }
  }

  @Test
  void aTryCallThatNeverComesEndsTheStream() {
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage();
      rig.until("open", () -> rig.front.openStreams() == 1);
      letTimePass();
      FakeEngagement.End end = engage.end();
      assertEquals(4, end.status());
      assertEquals("no TryCall came", end.text());
    }
  }

  @Test
  void aMessageThatStaysUnfinishedEndsTheCall() throws Exception {
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL);
      FakeCall call = rig.calls.next();
      Buffer half = Buffer.buffer(new byte[] {0, 0, 0, 1, 0, 5});
      engage.data("x").bytes(half);
      rig.until("half a message", () -> rig.front.partialBytes() > 0);
      letTimePass();
      assertEquals(4, engage.end().status());
      call.cancelled().get(20, TimeUnit.SECONDS);
      assertEquals(0, rig.front.partialBytes());
    }
  }

  @Test
  void aSilentClientThatOwesNothingIsLeftAlone() {
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      String json = RunnerRig.CALL.replace("\"timeout\":30", "\"timeout\":100000");
      FakeEngagement engage = lb.engage().tryCall(json).eof();
      FakeCall call = rig.calls.next();
      letTimePass();
      letTimePass();
      assertFalse(engage.ended());
      call.respond(200).succeed();
      assertTrue(engage.end().finished().getSuccess());
    }
  }

  @Test
  void aClientThatTakesNoOutputIsReset() throws Exception {
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage().paused().tryCall(RunnerRig.CALL).eof();
      FakeCall call = rig.calls.next();
      call.respond(200);
      for (int i = 0; i < 100; i++) {
        call.send(Buffer.buffer(new byte[16 << 10]));
      }
      rig.until("output is held back", () -> call.source().queued() > 0);
      letTimePass();
      assertEquals(FailureCode.NO_PROGRESS, call.cancelled().get(20, TimeUnit.SECONDS).code());
      rig.until("stream closed", () -> rig.front.http2Streams() == 0);
    }
  }

  @Test
  void anIdleConnectionIsEndedInOrder() throws Exception {
    rig.start();
    try (RawHttp2 idle = new RawHttp2(rig.vertx, rig.front.port(), new NetClientOptions())) {
      rig.until("connected", () -> rig.node.connections() == 1);
      rig.lane.advance(rig.options.idleMillis());
      RawHttp2.Frame advisory = idle.next(RawHttp2.GOAWAY);
      assertEquals(Integer.MAX_VALUE, advisory.payload().getInt(0));
      RawHttp2.Frame last = idle.next(RawHttp2.GOAWAY);
      assertEquals(0, last.payload().getInt(0));
      idle.closed().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aConnectionThatNeverSpeaksIsClosed() throws Exception {
    rig.options(o -> o.handshakeMillis(1000)).start();
    var socket =
        RunnerRig.await(rig.vertx.createNetClient().connect(rig.front.port(), "127.0.0.1"));
    var closed = new java.util.concurrent.CompletableFuture<Void>();
    socket.closeHandler(v -> closed.complete(null));
    closed.get(30, TimeUnit.SECONDS);
  }

  @Test
  void http1IsTurnedAway() {
    rig.start();
    var client = rig.vertx.createHttpClient(new HttpClientOptions());
    int status =
        RunnerRig.await(
            client
                .request(HttpMethod.POST, rig.front.port(), "127.0.0.1", "/RunnerProtocol/Engage")
                .compose(request -> request.send())
                .map(response -> response.statusCode()));
    assertEquals(505, status);
  }

  @Test
  void aMissingOrWrongKeyIsRefused() {
    rig.access =
        (key, role) ->
            key == null
                ? Failure.of(FailureCode.UNAUTHENTICATED, "no key")
                : key.equals("good") ? null : Failure.of(FailureCode.FORBIDDEN, "not this one");
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      assertEquals(16, lb.engage().end().status());
      assertEquals(7, lb.engage("authorization", "Bearer bad").end().status());
      FakeEngagement engage =
          lb.engage("authorization", "bearer good").tryCall(RunnerRig.CALL).eof();
      rig.calls.next().respond(200).succeed();
      assertTrue(engage.end().finished().getSuccess());
      assertFalse(rig.access == Access.OPEN);
    }
  }

  /** More than a client may owe without a sign of life, seen by two looks at the clock. */
  private void letTimePass() {
    rig.nextSweep();
    rig.lane.advance(rig.options.noProgressMillis());
    rig.nextSweep();
  }
}
