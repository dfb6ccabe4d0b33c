package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.fn.FnFrames;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.DataFrame;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.fn.wire.TryCall;
import io.busbar.fn.wire.WireDate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes and texts on the wire, checked against hand-made bytes and the generated classes. */
class WireFormsTest {
  private static ClientMessage parse(String hex) throws IOException {
    return ClientMessage.parse(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
  }

  private static String json(ClientMessage message) {
    return new String(message.bytes(), message.jsonOffset(), message.jsonLength());
  }

  private static byte[] data(ClientMessage message) {
    byte[] data = new byte[message.dataLength()];
    System.arraycopy(message.bytes(), message.dataOffset(), data, 0, data.length);
    return data;
  }

  @Test
  void goldenTryCall() throws IOException {
    // try{ json "{}", slot_hash_id "ab", extensions{k: v} }
    ClientMessage message = parse("0a10" + "0a027b7d" + "12026162" + "1a060a016b120176");
    assertEquals(ClientMessage.Kind.TRY, message.kind());
    assertEquals("{}", json(message));
    assertEquals("ab", message.slotHash());
    assertEquals(Map.of("k", "v"), message.extensions());
  }

  @Test
  void goldenData() throws IOException {
    ClientMessage message = parse("1206" + "0a0268691001");
    assertEquals(ClientMessage.Kind.DATA, message.kind());
    assertArrayEquals("hi".getBytes(), data(message));
    assertTrue(message.eof());
  }

  @Test
  void goldenEof() throws IOException {
    ClientMessage message = parse("12021001");
    assertEquals(0, message.dataLength());
    assertTrue(message.eof());
  }

  @Test
  void unknownFieldsAreSkipped() throws IOException {
    // varint 9, fixed32 10, fixed64 11, bytes 12, group 13 {varint 1} around a data{"x"}
    ClientMessage message =
        parse(
            "4805"
                + "5501020304"
                + "590102030405060708"
                + "62020000"
                + "12060a0178f80701"
                + "6b08016c");
    assertEquals("x", new String(data(message)));
    assertFalse(message.eof());
  }

  @Test
  void theLastMemberOfTheOneofCounts() throws IOException {
    assertEquals(ClientMessage.Kind.DATA, parse("0a040a027b7d" + "12021001").kind());
    ClientMessage tried = parse("12050a01781001" + "0a040a027b7d");
    assertEquals(ClientMessage.Kind.TRY, tried.kind());
    assertEquals(0, tried.dataLength());
  }

  @Test
  void aRepeatedMemberIsMerged() throws IOException {
    ClientMessage message = parse("12030a0178" + "12021001");
    assertEquals("x", new String(data(message)));
    assertTrue(message.eof());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0a",
        "0a05",
        "0a047b",
        "00",
        "ff",
        "0a020a7f",
        "120210",
        "1203100a01",
        "0a041202c328"
      })
  void brokenBytesAreRefused(String hex) {
    assertThrows(IOException.class, () -> parse(hex));
  }

  @Test
  void readsWhatTheGeneratedClassesWrite() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      boolean eof = random.nextBoolean();
      ClientMsg sent =
          ClientMsg.newBuilder()
              .setData(DataFrame.newBuilder().setData(ByteString.copyFrom(bytes)).setEof(eof))
              .build();
      ClientMessage data = ClientMessage.parse(shifted(sent.toByteArray(), random));
      assertArrayEquals(bytes, data(data));
      assertEquals(eof, data.eof());
      TryCall call =
          TryCall.newBuilder()
              .setModelsCallJson("{\"n\":" + i + "}")
              .setSlotHashId("0" + i % 10)
              .putExtensions("a", "ü" + i)
              .putExtensions("b", "")
              .build();
      ClientMessage tried =
          ClientMessage.parse(
              shifted(ClientMsg.newBuilder().setTry(call).build().toByteArray(), random));
      assertEquals(call.getModelsCallJson(), json(tried));
      assertEquals(call.getSlotHashId(), tried.slotHash());
      assertEquals(call.getExtensionsMap(), tried.extensions());
    }
  }

  /** The same bytes somewhere within a larger array, as a slice of an arrived chunk. */
  private static ByteBuf shifted(byte[] bytes, Random random) {
    int before = random.nextInt(20);
    byte[] larger = new byte[before + bytes.length + 7];
    System.arraycopy(bytes, 0, larger, before, bytes.length);
    return Unpooled.wrappedBuffer(larger).slice(before, bytes.length);
  }

  private static String hex(ByteBuf framed) {
    return ByteBufUtil.hexDump(framed);
  }

  @Test
  void goldenResultStart() {
    ResponseHead head =
        ResponseHead.newBuilder()
            .setStatus(200)
            .addHeaders(Header.newBuilder().setName("A").setValue("b"))
            .build();
    // result_start{ http(100)= { status_code 200, headers{A: b} } }
    assertEquals(
        "0000000010" + "0a0e" + "a2060b" + "08c801" + "12060a0141120162",
        hex(RunnerFrames.start(null, head)));
  }

  @Test
  void goldenData10() {
    assertEquals("0000000006" + "1204" + "0a02" + "6869", hex(FnFrames.data(Buffer.buffer("hi"))));
  }

  @Test
  void goldenFinished() {
    CallFinished finished =
        CallFinished.newBuilder().setErrorCode(503).setErrorStr("no").setErrorUser(true).build();
    assertEquals(
        "000000000b" + "1a09" + "18f703" + "22026e6f" + "5001",
        hex(RunnerFrames.finished(null, finished)));
  }

  @Test
  void anEmptyChunkIsNoFrame() {
    assertNull(FnFrames.data(Buffer.buffer()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 127, 128, 2048, 2049, 10_240, 10_241, 16_384, 20_480, 65_536, 300_001})
  void dataFramesOfAnySizeAreReadByTheGeneratedClasses(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    ByteBuf framed = FnFrames.data(Buffer.buffer(bytes));
    ByteString body = ByteString.EMPTY;
    while (framed.isReadable()) {
      assertEquals(0, framed.readByte());
      byte[] message = new byte[framed.readInt()];
      framed.readBytes(message);
      DataFrame frame = RunnerMsg.parseFrom(message).getData();
      assertTrue(frame.getData().size() <= 10_240);
      assertFalse(frame.getEof());
      body = body.concat(frame.getData());
    }
    assertArrayEquals(bytes, body.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 1024, 1500, 2047, 2048, 2049, 30_000})
  void piecesHeldTogetherAreTheSameBytes(int size) {
    ResponseHead head = ResponseHead.newBuilder().setStatus(200).build();
    CallFinished finished = CallFinished.newBuilder().setSuccess(true).build();
    RunnerMsg end = RunnerMsg.newBuilder().setFinished(finished).build();
    Buffer chunk = Buffer.buffer(new byte[size]);
    ByteBuf held = RunnerFrames.start(null, head);
    StringBuilder expected = new StringBuilder(hex(RunnerFrames.start(null, head)));
    for (int i = 0; i < 3; i++) {
      held = FnFrames.addData(held, chunk);
      expected.append(size == 0 ? "" : hex(FnFrames.data(chunk)));
    }
    assertEquals(expected + hex(FnFrames.framed(end)), hex(RunnerFrames.finished(held, finished)));
  }

  @Test
  void datesHaveThreeDigitsAndZ() {
    DateTimeFormatter format =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    assertEquals("", WireDate.of(0));
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      long millis = 1 + (random.nextLong() & 0xff_ffff_ffffL) * 4;
      assertEquals(format.format(Instant.ofEpochMilli(millis)), WireDate.of(millis));
    }
  }

  @Test
  void datesAreReadAsTheyAreWritten() {
    Random random = new Random(4);
    for (int i = 0; i < 20_000; i++) {
      long millis = 1 + (random.nextLong() & 0xff_ffff_ffffL) * 4;
      assertEquals(millis, WireDate.parse(WireDate.of(millis)));
    }
    assertEquals(0, WireDate.parse("0001-01-01T00:00:00.000Z"));
    assertEquals(0, WireDate.parse("2026-02-30T10:20:30.123Z"));
    assertEquals(0, WireDate.parse("2026-02-20T24:20:30.123Z"));
    assertEquals(
        WireDate.parse("2026-01-15T08:20:30.123Z"),
        WireDate.parse("2026-01-15T10:20:30.123456+02:00"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0001-01-01T00:00:00.000Z",
        "2026-01-15T10:20:30Z",
        "2026-01-15T10:20:30.123456789Z",
        "2026-01-15T10:20:30.123+02:00",
        "2026-12-31T23:59:59-11:30"
      })
  void goodDates(String date) {
    assertDoesNotThrow(() -> FieldRules.date("created_at", date));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-15",
        "2026-01-15 10:20:30Z",
        "2026-01-15T10:20:30",
        "2026-01-15T10:20:30.Z",
        "2026-00-15T10:20:30Z",
        "2026-01-32T10:20:30Z",
        "2026-01-15T24:20:30Z",
        "2026-01-15T10:20:30+0200",
        "2026-01-15T10:20:30.12",
        "2026-01-15T10:20:30Zx"
      })
  void badDates(String date) {
    assertThrows(BadCallException.class, () -> FieldRules.date("created_at", date));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "100m", "0.1", "1", "1024000m", "1024", ".5", "2."})
  void goodCpus(String cpus) {
    assertDoesNotThrow(() -> FieldRules.cpus(cpus));
  }

  @Test
  void aStructAsJsonIsSortedAndShort() {
    Struct struct =
        Struct.newBuilder()
            .putFields("b", Value.newBuilder().setNumberValue(1).build())
            .putFields("a", Value.newBuilder().setStringValue("x\"").build())
            .putFields("c", Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build())
            .putFields(
                "d",
                Value.newBuilder()
                    .setListValue(
                        ListValue.newBuilder()
                            .addValues(Value.newBuilder().setBoolValue(true))
                            .addValues(Value.newBuilder().setNumberValue(1.5)))
                    .build())
            .build();
    assertEquals("{\"a\":\"x\\\"\",\"b\":1,\"c\":null,\"d\":[true,1.5]}", StructJson.of(struct));
    assertEquals("{}", StructJson.of(Struct.getDefaultInstance()));
  }
}
