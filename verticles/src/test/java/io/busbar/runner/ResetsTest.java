package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.DataFrame;
import io.busbar.fn.wire.TryCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.busbar.testing.RawHttp2;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that never ends its side resets each call instead; and one that only resets. */
class ResetsTest {
  private static final int FN_CALLS = 10_000;
  private static final int IN_FLIGHT = 64;
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

  private RawHttp2 raw() {
    return new RawHttp2(rig.vertx, rig.front.port(), new NetClientOptions());
  }

  private static int engage(RawHttp2 client) {
    return client.call("/RunnerProtocol/Engage", TRY, EOF);
  }

  @Test
  void tenThousandCallsThatAreResetAfterEachSucceedOnOneConnection() {
    rig.start();
    rig.onLane(
        () ->
            rig.calls.script(
                call -> call.respond(200).send(Buffer.buffer("0123456789")).succeed()));
    try (RawHttp2 client = raw()) {
      int opened = 0;
      int ended = 0;
      while (opened < IN_FLIGHT) {
        engage(client);
        opened++;
      }
      while (ended < FN_CALLS) {
        RawHttp2.Frame frame = client.next();
        assertNotNull(frame, "connection closed after " + ended);
        assertTrue(frame.type() != RawHttp2.GOAWAY, "GOAWAY after " + ended);
        if (frame.endStream()) {
          assertEquals("0", String.valueOf(frame.headers().get("grpc-status")));
          client.reset(frame.stream());
          ended++;
          if (opened < FN_CALLS) {
            engage(client);
            opened++;
          }
        }
      }
      rig.until("all streams closed", () -> rig.front.http2Streams() == 0);
      rig.until("all streams forgotten", () -> rig.front.openStreams() == 0);
      assertEquals(FN_CALLS, rig.node.handled());
      assertEquals(0, rig.node.active());
    }
  }

  @Test
  void anAnswerIsFollowedByAResetWithNoErrorWhenTheClientLeavesItsSideOpen() {
    rig.start();
    rig.onLane(() -> rig.calls.script(call -> call.respond(200).succeed()));
    try (RawHttp2 client = raw()) {
      int stream = engage(client);
      RawHttp2.Frame head = client.next();
      assertEquals("application/grpc", String.valueOf(head.headers().get("content-type")));
      assertEquals("200", String.valueOf(head.headers().status()));
      RawHttp2.Frame trailers = client.next();
      while (trailers.type() == RawHttp2.DATA) {
        assertTrue(!trailers.endStream(), "status comes in trailers");
        trailers = client.next();
      }
      assertTrue(trailers.endStream());
      assertEquals("0", String.valueOf(trailers.headers().get("grpc-status")));
      RawHttp2.Frame reset = client.next();
      assertEquals(RawHttp2.RST_STREAM, reset.type());
      assertEquals(stream, reset.stream());
      assertEquals(0, reset.payload().getInt(0));
    }
  }

  @Test
  void aFloodOfResetsEndsThatConnectionOnly() throws Exception {
    rig.options(o -> o.maxResets(1000)).start();
    try (FakeFnLb neighbour = rig.lb();
        RawHttp2 client = raw()) {
      FakeEngagement before = neighbour.engage().tryCall(RunnerRig.CALL).eof();
      var call = rig.calls.next();
      rig.onLane(() -> rig.calls.script(attacked -> {}));
      for (int i = 0; i < 3000; i++) {
        client.reset(engage(client));
      }
      assertNotNull(client.next(RawHttp2.GOAWAY));
      client.closed().get(20, TimeUnit.SECONDS);
      rig.until("attacker's streams are gone", () -> rig.front.openStreams() == 1);
      assertTrue(rig.node.received() <= 1100, "received " + rig.node.received());
      call.respond(200).succeed();
      assertTrue(before.end().finished().getSuccess());
      rig.until("all calls freed", () -> rig.front.openCalls() == 0);
    }
  }

  @Test
  void framesThatBringNoCallFurtherEndTheConnectionOnceThereAreMoreThanAllowed() throws Exception {
    rig.options(o -> o.maxIdleFrames(50)).start();
    Buffer ping = RawHttp2.frame(RawHttp2.PING, 0, 0, Buffer.buffer(new byte[8]));
    try (RawHttp2 client = raw()) {
      for (int i = 0; i < 40; i++) {
        client.write(ping);
      }
      for (int i = 0; i < 40; i++) {
        assertNotNull(client.next(RawHttp2.PING));
      }
      for (int i = 0; i < 60; i++) {
        client.write(ping);
      }
      assertNotNull(client.next(RawHttp2.GOAWAY));
      client.closed().get(20, TimeUnit.SECONDS);
    }
  }
}
