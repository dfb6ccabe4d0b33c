package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.DataFrame;
import io.busbar.fn.wire.TryCall;
import io.busbar.testing.FakeCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.busbar.testing.RawHttp2;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a node leaves: fn-runner 5.5. */
class DrainTest {
  private static final byte[] TRY =
      ClientMsg.newBuilder()
          .setTry(TryCall.newBuilder().setModelsCallJson(RunnerRig.CALL))
          .build()
          .toByteArray();
  private static final byte[] EOF =
      ClientMsg.newBuilder().setData(DataFrame.newBuilder().setEof(true)).build().toByteArray();

  private final RunnerRig rig = new RunnerRig();

  @AfterEach
  void stop() {
    rig.close();
  }

  private Future<Void> drain() {
    Promise<Void> drained = Promise.promise();
    rig.lane.context().runOnContext(v -> rig.front.drain().onComplete(drained));
    return drained.future();
  }

  @Test
  void twoGoAwaysThenTheConnectionClosesWhenTheLastCallEnded() throws Exception {
    rig.start();
    try (RawHttp2 client = new RawHttp2(rig.vertx, rig.front.port(), new NetClientOptions())) {
      int stream = client.open("/RunnerProtocol/Engage", "http");
      client.message(stream, TRY);
      client.message(stream, EOF);
      FakeCall call = rig.calls.next();
      Future<Void> drained = drain();
      RawHttp2.Frame advisory = client.next(RawHttp2.GOAWAY);
      assertEquals(Integer.MAX_VALUE, advisory.payload().getInt(0));
      assertEquals(0, advisory.payload().getInt(4));
      RawHttp2.Frame last = client.next(RawHttp2.GOAWAY);
      assertEquals(stream, last.payload().getInt(0));
      assertFalse(drained.isComplete());
      call.respond(200).send(Buffer.buffer("x")).succeed();
      RawHttp2.Frame frame = client.next();
      while (!frame.endStream()) {
        frame = client.next();
      }
      assertEquals("0", String.valueOf(frame.headers().get("grpc-status")));
      client.closed().get(20, TimeUnit.SECONDS);
      RunnerRig.await(drained);
    }
  }

  @Test
  void aCallThatCrossesTheAdvisoryIsANack() {
    rig.start();
    try (RawHttp2 client = new RawHttp2(rig.vertx, rig.front.port(), new NetClientOptions())) {
      int stream = client.open("/RunnerProtocol/Engage", "http");
      rig.until("open", () -> rig.front.openStreams() == 1);
      Future<Void> drained = drain();
      assertNotNull(client.next(RawHttp2.GOAWAY));
      client.message(stream, TRY);
      RawHttp2.Frame data = client.next(RawHttp2.DATA);
      assertEquals(stream, data.stream());
      // errorCode = 3: 503
      assertTrue(data.payload().toString("ISO-8859-1").contains("\u0018\u00f7\u0003"));
      RunnerRig.await(drained);
    }
    assertEquals(0, rig.calls.waiting());
  }

  @Test
  void anIdleFrontSideIsDrainedAtOnce() {
    rig.start();
    RunnerRig.await(drain());
  }

  @Test
  void stoppingTellsTheClientsWhatBecameOfTheirCalls() throws Exception {
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement fresh = lb.engage().tryCall(RunnerRig.CALL).eof();
      FakeCall first = rig.calls.next();
      FakeEngagement running = lb.engage().tryCall(RunnerRig.CALL).eof();
      FakeCall second = rig.calls.next().commit();
      rig.until("committed", () -> true);
      rig.on(() -> rig.front.stop());
      assertEquals(503, fresh.end().finished().getErrorCode());
      assertEquals(502, running.end().finished().getErrorCode());
      first.cancelled().get(20, TimeUnit.SECONDS);
      second.cancelled().get(20, TimeUnit.SECONDS);
    }
  }
}
