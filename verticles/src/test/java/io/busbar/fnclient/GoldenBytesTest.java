package io.busbar.fnclient;

import static io.busbar.fnclient.RunnerStage.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.busbar.bus.CallId;
import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.RequestHead;
import io.busbar.fn.FnFrames;
import io.busbar.fn.wire.CallFunction;
import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.TryCall;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.busbar.worker.OfferedCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is sent to a runner, byte for byte where the protocol page says so. */
class GoldenBytesTest {
  /** Order, blanks and unknown members as no writer of ours would make them. */
  private static final String TRY_JSON =
      "{ \"type\":\"sync\",\"id\":\"01HZX3T7Q4NG8G00GZJ0000042\", \"timeout\" : 7,"
          + "\"idle_timeout\":60,\"cpus\":\"100m\",\"x-unknown\":{\"a\":[1,2.50]},"
          + "\"created_at\":\"2026-01-15T10:20:30.123Z\",\"text\":\"\\u00e4 ä\"}";

  private final RunnerStage stage = new RunnerStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private static OfferedCall offer(RequestHead head, long timeout) {
    return new OfferedCall(CallId.of(7, 1, 42), 1, "fn", head, 60_000, timeout, 0, "");
  }

  private static byte[] tryCall(RequestHead head) {
    return tryCall(head, CallFunction.ofTimeout(30), 7000);
  }

  private static byte[] tryCall(RequestHead head, CallFunction function, long timeout) {
    ByteBuf framed = TryCallBytes.of(offer(head, timeout), new CallDescription(function));
    return ByteBufUtil.getBytes(framed);
  }

  private static RequestHead.Builder fn(String json) {
    return RequestHead.newBuilder().setOrigin("fn").setOriginal(ByteString.copyFromUtf8(json));
  }

  @Test
  void theEofFrameIsEmptyAndNothingButEof() {
    assertEquals("000000000412021001", ByteBufUtil.hexDump(FnFrames.eof()));
  }

  @Test
  void aDataFrameHasNoEofMember() {
    assertEquals(
        "00000000081206" + "0a0462797465",
        ByteBufUtil.hexDump(FnFrames.data(Buffer.buffer("byte"))));
  }

  @Test
  void aTryCallIsItsJsonInFieldOneOfFieldOne() {
    assertEquals("00000000060a040a02" + "7b7d", ByteBufUtil.hexDump(tryCall(fn("{}").build())));
  }

  @Test
  void slotHashAndExtensionsFollowTheJson() {
    byte[] bytes =
        tryCall(fn("{}").setSlotHash("c0ffee").putExtensions("FN_REGISTRY_TOKEN", "t").build());
    ClientMsg expected =
        ClientMsg.newBuilder()
            .setTry(
                TryCall.newBuilder()
                    .setModelsCallJson("{}")
                    .setSlotHashId("c0ffee")
                    .putExtensions("FN_REGISTRY_TOKEN", "t"))
            .build();
    byte[] framed = new byte[5 + expected.getSerializedSize()];
    framed[4] = (byte) expected.getSerializedSize();
    System.arraycopy(expected.toByteArray(), 0, framed, 5, expected.getSerializedSize());
    assertArrayEquals(framed, bytes);
  }

  @Test
  void aLargeTryCallIsTheSameAsASmallOne() throws Exception {
    String json = "{\"payload\":\"" + "x".repeat(100_000) + "\"}";
    byte[] bytes = tryCall(fn(json).setSlotHash("00").build());
    ClientMsg message = ClientMsg.parseFrom(ByteString.copyFrom(bytes, 5, bytes.length - 5));
    assertEquals(json, message.getTry().getModelsCallJson());
    assertEquals("00", message.getTry().getSlotHashId());
  }

  @Test
  void theJsonOfATryCallPassesByteForByte() {
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    await(stage.call(stage.request(fn(TRY_JSON).setClientId("client")), Buffer.buffer("b")));
    RunnerCall call = runner.calls().get(0);
    assertArrayEquals(
        TRY_JSON.getBytes(StandardCharsets.UTF_8),
        call.tryCall().getModelsCallJsonBytes().toByteArray());
    assertEquals("", call.tryCall().getSlotHashId());
    assertNull(call.request().getHeader("fn_request_id"));
  }

  @Test
  void metadataPassesAsItCame() {
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    byte[] trace = new byte[29];
    trace[3] = -1;
    await(
        stage.call(
            stage.request(
                fn(TRY_JSON)
                    .putMetadata("grpc-trace-bin", ByteString.copyFrom(trace))
                    .putMetadata("grpc-tags-bin", ByteString.copyFromUtf8("\0\0\3fn.app_id"))
                    .putMetadata("fn_request_id", ByteString.copyFromUtf8("rid-1"))
                    .putMetadata("authorization", ByteString.copyFromUtf8("secret"))),
            Buffer.buffer("b")));
    var headers = runner.calls().get(0).request().headers();
    assertArrayEquals(trace, Base64.getDecoder().decode(headers.get("grpc-trace-bin")));
    assertFalse(headers.get("grpc-trace-bin").endsWith("="));
    assertEquals("rid-1", headers.get("fn_request_id"));
    assertTrue(headers.contains("grpc-tags-bin"));
    assertFalse(headers.contains("authorization"));
  }

  @Test
  void requestHeadersAreThoseOfGrpc() {
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    await(stage.call(Buffer.buffer("b")));
    var request = runner.calls().get(0).request();
    assertEquals("POST", request.method().name());
    assertEquals("/RunnerProtocol/Engage", request.path());
    assertEquals("http", request.scheme());
    assertEquals("127.0.0.1:" + runner.port(), request.authority().toString());
    assertEquals("application/grpc", request.getHeader("content-type"));
    assertEquals("trailers", request.getHeader("te"));
    assertFalse(request.headers().contains("content-length"));
    assertFalse(request.headers().contains("grpc-encoding"));
  }

  // ---- built from an HTTP call

  private static JsonObject built(RequestHead head, CallFunction function, long timeout) {
    byte[] bytes = tryCall(head, function, timeout);
    try {
      ClientMsg message = ClientMsg.parseFrom(ByteString.copyFrom(bytes, 5, bytes.length - 5));
      return new JsonObject(message.getTry().getModelsCallJson());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static RequestHead.Builder http() {
    return RequestHead.newBuilder()
        .setOrigin("http")
        .setMethod("PUT")
        .setUri("/v1/pools/fn/calls")
        .addHeaders(Header.newBuilder().setName("x-tag").setValue("a"))
        .addHeaders(Header.newBuilder().setName("X-Tag").setValue("b"));
  }

  @Test
  void anHttpCallIsDescribedWithAllThatARunnerMustHave() {
    CallFunction function =
        new CallFunction(
            "f1", "a1", "media", "", "fn/a:1", 30, 60, 256, Map.of("K", "v"), Map.of(), "");
    JsonObject json = built(http().build(), function, 7500);
    assertEquals(26, json.getString("id").length());
    assertEquals("running", json.getString("status"));
    assertEquals("sync", json.getString("type"));
    assertEquals("PUT", json.getString("method"));
    assertEquals(8, json.getInteger("timeout"));
    assertEquals(60, json.getInteger("idle_timeout"));
    assertEquals(256, json.getInteger("memory"));
    assertEquals("fn/a:1", json.getString("image"));
    assertEquals("f1", json.getString("fn_id"));
    assertEquals("a1", json.getString("app_id"));
    assertEquals("", json.getString("trigger_id"));
    assertEquals(
        new JsonArray().add("a").add("b"), json.getJsonObject("headers").getJsonArray("X-Tag"));
    Pattern date = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    for (String name : new String[] {"created_at", "started_at", "completed_at"}) {
      assertTrue(date.matcher(json.getString(name)).matches(), json::encode);
    }
    assertFalse(json.containsKey("cpus") && !(json.getValue("cpus") instanceof String));
  }

  @Test
  void timeoutAndIdleTimeoutAreNeverZero() {
    for (long timeout : new long[] {0, 1, 999, 1000}) {
      JsonObject json = built(http().build(), CallFunction.ofTimeout(30), timeout);
      assertTrue(json.getInteger("timeout") > 0, json::encode);
      assertTrue(json.getInteger("idle_timeout") > 0, json::encode);
    }
  }

  @Test
  void theCallsOwnFunctionGoesBeforeThePools() {
    JsonObject json =
        built(
            http().setFnId("own").setAppId("app").setDetached(true).build(),
            new CallFunction("f1", "a1", "", "", "", 30, 30, 0, Map.of(), Map.of(), ""),
            1000);
    assertEquals("own", json.getString("fn_id"));
    assertEquals("app", json.getString("app_id"));
    assertEquals("detached", json.getString("type"));
  }
}
