package io.busbar.juniper.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelFrame;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.juniper.Envelope;
import io.busbar.juniper.Envelopes;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.UnknownLabels;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the training channel keeps of a published message. */
class TrainingFormTest {
  private static final TrainingForm FORM = new TrainingForm(100, 40, () -> 1000.25, () -> 7.5);

  private static FrameRecord given(String json) {
    return FrameRecord.newBuilder()
        .setId("i")
        .setKey("k")
        .setData(ByteString.copyFromUtf8(json))
        .build();
  }

  private static String kept(String json) {
    List<FrameRecord> frames = FORM.frames(given(json));
    assertEquals(1, frames.size());
    return frames.get(0).getData().toStringUtf8();
  }

  private static Failure refused(String json) {
    FailureException thrown = assertThrows(FailureException.class, () -> FORM.frames(given(json)));
    return Failure.of(thrown);
  }

  private static ChannelFrame at(long offset, FrameRecord record) {
    return new ChannelFrame(5, record.toBuilder().setOffset(offset).build());
  }

  @Test
  void typeAndTimesAreInTheirPlaces() {
    assertEquals(
        "{\"type\":\"x\",\"timestamp\":1000.25,\"data\":{\"a\":1},\"emitted_at_monotonic\":7.5}",
        kept("{\"data\": {\"a\": 1}, \"type\": \"x\"}"));
  }

  @Test
  void givenTimesStayAndAGivenNumberDoesNot() {
    assertEquals(
        "{\"type\":\"x\",\"timestamp\":3,\"emitted_at_monotonic\":4.5}",
        kept("{\"seq\":99,\"type\":\"x\",\"timestamp\":3,\"emitted_at_monotonic\":4.5}"));
  }

  @Test
  void pythonsTokensBecomeNull() {
    assertTrue(kept("{\"type\":\"x\",\"data\":{\"loss\":NaN}}").contains("{\"loss\":null}"));
  }

  @Test
  void nestingWithoutEndIsUnprocessable() {
    String deep = "{\"type\":\"x\",\"data\":{\"a\":" + "[".repeat(100);
    assertEquals(FailureCode.UNPROCESSABLE, refused(deep + "]".repeat(100) + "}}").code());
    assertEquals(FailureCode.UNPROCESSABLE, refused(deep + "[".repeat(50_000)).code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "7",
        "{",
        "{}",
        "{\"type\":7}",
        "{\"type\":null}",
        "{\"type\":\"\"}",
        "{\"type\":\"x\",\"data\":null}",
        "{\"type\":\"x\",\"data\":[]}",
        "{\"type\":\"x\",\"timestamp\":\"now\"}",
        "{\"type\":\"x\",\"timestamp\":NaN}"
      })
  void whatIsNoMessageIsUnprocessable(String json) {
    assertEquals(FailureCode.UNPROCESSABLE, refused(json).code());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"data\":{}} | type: missing or null",
        "{\"type\":[1]} | type: '[1]'",
        "{\"type\":\"x\",\"data\":5} | data: '5', expected an object",
        "{\"type\":\"x\",\"timestamp\":true} | timestamp: 'true', expected seconds"
      })
  void theRefusalNamesFieldValueAndExpectation(String json, String detail) {
    String said = refused(json).detail();
    assertTrue(said.startsWith(detail), said);
  }

  @Test
  void textThatIsNotUtf8IsUnprocessable() {
    FrameRecord bytes =
        FrameRecord.newBuilder().setData(ByteString.copyFrom(new byte[] {(byte) 0xff})).build();
    FailureException thrown = assertThrows(FailureException.class, () -> FORM.frames(bytes));
    assertEquals(FailureCode.UNPROCESSABLE, Failure.of(thrown).code());
  }

  @Test
  void aLongMessageIsCutAndItsPartsTogetherAreTheMessage() {
    String payload = "\u00e9\ud83d\ude00".repeat(40);
    List<FrameRecord> parts =
        FORM.frames(given("{\"type\":\"topology\",\"data\":{\"p\":\"" + payload + "\"}}"));
    assertTrue(parts.size() > 2);
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      FrameRecord part = parts.get(i);
      assertEquals(i, part.getPart());
      assertEquals(parts.size(), part.getParts());
      assertEquals(i == 0 ? "i" : "", part.getId());
      assertEquals("", part.getKey());
      String slice = part.getData().toStringUtf8();
      assertTrue(slice.length() <= 40 && slice.length() >= 1, slice);
      joined.append(slice);
    }
    JsonObject whole = new JsonObject(joined.toString());
    assertEquals(payload, whole.getJsonObject("data").getString("p"));
    assertEquals(Set.of("type", "timestamp", "data"), whole.fieldNames());
  }

  @Test
  void exactlyTheLimitIsNotCut() {
    String told = ",\"emitted_at_monotonic\":7.5";
    String bare = kept("{\"type\":\"x\",\"data\":{\"p\":\"\"}}");
    String fill = "a".repeat(100 + told.length() - bare.length());
    String whole = kept("{\"type\":\"x\",\"data\":{\"p\":\"" + fill + "\"}}");
    assertEquals(100, whole.replace(told, "").length());
    assertEquals(
        3, FORM.frames(given("{\"type\":\"x\",\"data\":{\"p\":\"" + fill + "a\"}}")).size());
  }

  @Test
  void zeroCutsNothing() {
    TrainingForm never = new TrainingForm(0, 40, () -> 1, () -> 1);
    String json = "{\"type\":\"x\",\"data\":{\"p\":\"" + "a".repeat(100_000) + "\"}}";
    assertEquals(1, never.frames(given(json)).size());
  }

  // ---- on the wire ----

  @Test
  void aFrameShowsItsOffsetAsItsNumber() {
    ChannelFrame frame = at(17, FORM.frames(given("{\"type\":\"x\",\"data\":{}}")).get(0));
    assertEquals(
        "{\"type\":\"x\",\"timestamp\":1000.25,\"data\":{},\"emitted_at_monotonic\":7.5,\"seq\":17}",
        TrainingFrames.broadcast(frame));
  }

  @Test
  void partsAreChunksThatJoinToTheMessage() {
    String message = "{\"type\":\"topology\",\"data\":{\"p\":\"" + "\\\"x".repeat(60) + "\"}}";
    List<FrameRecord> parts = FORM.frames(given(message));
    StringBuilder payload = new StringBuilder();
    String id = null;
    Envelopes envelopes = new Envelopes(new UnknownLabels());
    for (int i = 0; i < parts.size(); i++) {
      String text = TrainingFrames.broadcast(at(118 + i, parts.get(i)));
      Envelope chunk = envelopes.validate(JuniperJson.read(text));
      assertTrue(chunk.known(), text);
      assertEquals("chunked_message", chunk.type());
      assertEquals(118 + i, chunk.seq());
      assertEquals(1000.25, chunk.timestamp());
      assertEquals(7.5, chunk.emittedAtMonotonic());
      assertEquals("topology", chunk.data().get("original_type"));
      assertEquals((long) i, chunk.data().get("chunk_index"));
      assertEquals((long) parts.size(), chunk.data().get("total_chunks"));
      id = id == null ? (String) chunk.data().get("chunk_id") : id;
      assertEquals(id, chunk.data().get("chunk_id"));
      payload.append(chunk.data().get("payload"));
    }
    JsonObject joined = new JsonObject(payload.toString());
    assertEquals("topology", joined.getString("type"));
    assertEquals("\"x".repeat(60), joined.getJsonObject("data").getString("p"));
    assertEquals(null, joined.getValue("seq"));
  }

  @Test
  void theSameItemIsTheSameTextEachTime() {
    FrameRecord part =
        FORM.frames(given("{\"type\":\"t\",\"p\":\"" + "b".repeat(200) + "\"}")).get(1);
    assertEquals(TrainingFrames.broadcast(at(9, part)), TrainingFrames.broadcast(at(9, part)));
  }
}
