package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.TryCall;
import io.busbar.testing.FakeCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeEngagement.End;
import io.busbar.testing.FakeFnLb;
import io.vertx.core.buffer.Buffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client can do wrong on Engage: fn-runner 2.3, with the better behaviour where it asks. */
class EngageBadInputTest {
  private static final int UNKNOWN = 2;
  private static final int INVALID_ARGUMENT = 3;
  private static final int RESOURCE_EXHAUSTED = 8;
  private static final int UNIMPLEMENTED = 12;
  private static final int INTERNAL = 13;

  private final RunnerRig rig = new RunnerRig();
  private FakeFnLb lb;

  @BeforeEach
  void start() {
    rig.start();
    lb = rig.lb();
  }

  @AfterEach
  void stop() {
    // Whatever was wrong on one stream, the connection still serves.
    FakeEngagement next = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls.next().respond(200).succeed();
    assertTrue(next.end().finished().getSuccess());
    rig.until("all streams closed", () -> rig.front.http2Streams() == 0);
    rig.until("all calls freed", () -> rig.front.openCalls() == 0);
    rig.until("no message is kept", () -> rig.front.partialBytes() == 0);
    lb.close();
    rig.close();
  }

  private static void assertStatus(int status, String text, End end) {
    assertEquals(status, end.status(), end.toString());
    assertEquals(text, end.text());
    assertTrue(end.messages().isEmpty(), "no finished");
  }

  private void assertRefused(int code, boolean user, String text, End end) {
    assertEquals(0, end.status());
    CallFinished finished = end.finished();
    assertFalse(finished.getSuccess());
    assertEquals(code, finished.getErrorCode());
    assertEquals(user, finished.getErrorUser());
    assertTrue(finished.getErrorStr().contains(text), finished.getErrorStr());
    assertEquals(0, rig.calls.waiting(), "no worker is bothered");
  }

  @Test
  void dataAsFirstMessage() {
    assertStatus(UNKNOWN, "Protocol failure: expected ClientMsg_Try", lb.engage().data("x").end());
  }

  @Test
  void firstMessageWithNothingSet() {
    assertStatus(
        UNKNOWN, "Protocol failure: expected ClientMsg_Try", lb.engage().send(new byte[0]).end());
  }

  @Test
  void halfCloseBeforeTheTryCall() {
    assertStatus(
        UNKNOWN, "Protocol failure: expected ClientMsg_Try", lb.engage().halfClose().end());
  }

  @Test
  void halfCloseBeforeEofCancelsTheCall() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).data("x").halfClose();
    FakeCall call = rig.calls.next();
    assertStatus(UNKNOWN, "Protocol failure: expected ClientMsg_Data", engage.end());
    assertEquals(FailureCode.CANCELLED, call.cancelled().get(20, TimeUnit.SECONDS).code());
  }

  @Test
  void secondTryCallBeforeEofCancelsTheCall() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).tryCall(RunnerRig.CALL);
    FakeCall call = rig.calls.next();
    assertStatus(UNKNOWN, "Protocol failure: expected ClientMsg_Data", engage.end());
    call.cancelled().get(20, TimeUnit.SECONDS);
  }

  @Test
  void messageWithNothingSetBeforeEofCancelsTheCall() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).send(new byte[0]);
    FakeCall call = rig.calls.next();
    assertStatus(UNKNOWN, "Protocol failure: expected ClientMsg_Data", engage.end());
    call.cancelled().get(20, TimeUnit.SECONDS);
  }

  @Test
  void garbageInsteadOfProtobuf() {
    End end = lb.engage().send(new byte[] {(byte) 0xff, (byte) 0xff, 1}).end();
    assertEquals(INVALID_ARGUMENT, end.status());
    assertTrue(end.text().startsWith("ClientMsg: "), end.text());
  }

  @Test
  void lengthThatReachesBeyondTheMessage() {
    End end = lb.engage().send(new byte[] {0x0a, 0x7f, 0x0a, 0x01}).end();
    assertEquals(INVALID_ARGUMENT, end.status());
  }

  @Test
  void randomBytesNeverHangAStream() {
    Random random = new Random(42);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      End end = lb.engage().send(bytes).halfClose().end();
      assertTrue(end.status() > 0 || end.finished().getErrorCode() >= 400, end.toString());
    }
  }

  @Test
  void lastMessageCutShort() {
    End end = lb.engage().bytes(Buffer.buffer(new byte[] {0, 0, 0, 0, 9, 1, 2})).halfClose().end();
    assertStatus(INTERNAL, "the last message is cut short", end);
  }

  @Test
  void messageOverTheLimit() {
    End end = lb.engage().bytes(Buffer.buffer(new byte[] {0, 0, 0x40, 0, 1})).end();
    assertStatus(RESOURCE_EXHAUSTED, "message of 4194305 bytes, expected at most 4194304", end);
  }

  @Test
  void messageOverTheLimitWithinTheBodyCancelsTheCall() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).data("x");
    FakeCall call = rig.calls.next();
    engage
        .bytes(Buffer.buffer(new byte[] {0, 0, 0x50, 0, 0}))
        .bytes(Buffer.buffer(new byte[50000]));
    assertEquals(RESOURCE_EXHAUSTED, engage.end().status());
    call.cancelled().get(20, TimeUnit.SECONDS);
  }

  @Test
  void compressedMessageThatWasNotAgreed() {
    End end = lb.engage().bytes(Buffer.buffer(new byte[] {1, 0, 0, 0, 1, 0})).end();
    assertStatus(INTERNAL, "message is compressed although no grpc-encoding was agreed", end);
  }

  @Test
  void compressionThatIsNotOffered() {
    End end = lb.engage("grpc-encoding", "gzip").tryCall(RunnerRig.CALL).end();
    assertStatus(UNIMPLEMENTED, "grpc-encoding gzip, expected identity", end);
    assertEquals("identity", end.headers().get("grpc-accept-encoding"));
  }

  @Test
  void unknownMethod() {
    assertStatus(
        UNIMPLEMENTED,
        "unknown method /RunnerProtocol/Nope, expected one of RunnerProtocol",
        lb.open("/RunnerProtocol/Nope").end());
  }

  @Test
  void unknownService() {
    assertEquals(UNIMPLEMENTED, lb.open("/fn.RunnerProtocol/Engage").end().status());
  }

  @Test
  void pathOfOneSegment() {
    assertEquals(RESOURCE_EXHAUSTED, lb.open("/Engage").end().status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/RunnerProtocol/../RunnerProtocol/Engage",
        "/RunnerProtocol/Engage?x=1",
        "/RunnerProtocol//Engage",
        "/runnerprotocol/engage",
        "/RunnerProtocol/Engage/"
      })
  void pathTricks(String path) {
    assertEquals(UNIMPLEMENTED, lb.open(path).end().status());
  }

  @Test
  void wrongContentType() {
    End end = lb.engage("content-type", "application/json").end();
    assertEquals(415, end.http());
  }

  @Test
  void jsonMessages() {
    FakeEngagement json = lb.engage("content-type", "application/grpc+json");
    assertEquals(415, json.end().http());
  }

  @Test
  void malformedTimeout() {
    End end = lb.engage("grpc-timeout", "soon").end();
    assertStatus(INTERNAL, "malformed grpc-timeout: soon", end);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{\"timeout\":30,}",
        "{\"timeout\":30}x",
        "{\"timeout\":\"30\"}",
        "{\"timeout\":2147483648}",
        "{\"timeout\":1.5}",
        "{\"timeout\":true}",
        "{\"tmpfs_size\":-1}",
        "{\"tmpfs_size\":4294967296}",
        "{\"headers\":{\"A\":\"b\"}}",
        "{\"headers\":{\"A\":[1]}}",
        "{\"headers\":[]}",
        "{\"config\":{\"A\":1}}",
        "{\"fn_id\":5}",
        "{\"type\":{}}",
        "{\"created_at\":\"yesterday\"}",
        "{\"started_at\":\"2026-13-01T00:00:00Z\"}",
        "{\"annotations\":3}",
        "{\"image\":[\"a\"]}"
      })
  void badCallJsonIs400NeverZero(String json) {
    assertRefused(400, false, "models_call_json", lb.engage().tryCall(json).eof().end());
  }

  @Test
  void callJsonThatIsNoUtf8() {
    byte[] wire = {0x0a, 9, 0x0a, 7, '{', '"', (byte) 0xc3, 0x28, '"', ':', '1'};
    assertRefused(400, false, "models_call_json", lb.engage().send(wire).end());
  }

  @Test
  void nestedTooDeep() {
    String json = "{\"annotations\":{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}}";
    assertRefused(400, false, "models_call_json", lb.engage().tryCall(json).end());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"x\"", "\"-1m\"", "\"0.5m\"", "\"2000000m\"", "\".\"", "\"m\""})
  void badCpus(String cpus) {
    String json = RunnerRig.CALL.replace("\"100m\"", cpus);
    assertRefused(400, false, "cpus", lb.engage().tryCall(json).end());
  }

  @Test
  void unknownJsonFieldsAndTypesAreIgnored() {
    String json =
        RunnerRig.CALL
            .replace("\"sync\"", "\"weird\"")
            .replace("{\"id\"", "{\"new\":{\"a\":[1,{}]},\"id\"");
    FakeEngagement engage = lb.engage().tryCall(json).eof();
    rig.calls.next().respond(200).succeed();
    assertTrue(engage.end().finished().getSuccess());
  }

  @ParameterizedTest
  @ValueSource(strings = {"xyz", "abc", "12 3", "0x12", "٣٣"})
  void slotHashThatIsNoHex(String slotHash) {
    byte[] message =
        ClientMsg.newBuilder()
            .setTry(TryCall.newBuilder().setModelsCallJson(RunnerRig.CALL).setSlotHashId(slotHash))
            .build()
            .toByteArray();
    assertRefused(400, false, "slot_hash_id", lb.engage().send(message).end());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-5", "null"})
  void noTimeAtAllIsAUsersTimeoutAtOnce(String timeout) {
    String json = RunnerRig.CALL.replace("\"timeout\":30", "\"timeout\":" + timeout);
    assertRefused(504, true, "timeout", lb.engage().tryCall(json).end());
  }

  @Test
  void missingTimeoutIsAUsersTimeoutAtOnce() {
    String json = RunnerRig.CALL.replace("\"timeout\":30,", "");
    assertRefused(504, true, "timeout", lb.engage().tryCall(json).end());
  }

  @Test
  void headersWithTooManyValues() {
    String values = "\"v\",".repeat(5000) + "\"v\"";
    String json = RunnerRig.CALL.replace("[\"a\",\"b\"]", "[" + values + "]");
    assertRefused(400, false, "headers", lb.engage().tryCall(json).end());
  }
}
