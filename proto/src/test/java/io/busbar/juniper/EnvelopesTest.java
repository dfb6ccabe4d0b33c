package io.busbar.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each frame comes out as, row by row, and the bound on labels. */
class EnvelopesTest {
  private final Envelopes envelopes = new Envelopes(new UnknownLabels());

  private Envelope of(String json) {
    return envelopes.validate(JuniperJson.read(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        "{}|``|false|0|-",
        "{'type':'x'}|x|false|0|-",
        "{'type':'x','timestamp':'12.5'}|x|false|12.5|-",
        "{'type':'x','timestamp':' 1_0 '}|x|false|10|-",
        "{'type':'x','timestamp':'1e3'}|x|false|1000|-",
        "{'type':'x','timestamp':'inf'}|x|false|Infinity|-",
        "{'type':'x','timestamp':true}|x|false|1|-",
        "{'type':'x','timestamp':'abc'}|x|false|0|-",
        "{'type':'x','timestamp':null}|x|false|0|-",
        "{'type':'x','seq':true}|x|false|0|1",
        "{'type':'x','seq':1.0}|x|false|0|-",
        "{'type':'x','seq':'4'}|x|false|0|-",
        "{'type':'x','data':'s'}|x|false|0|-",
        "{'type':'metrics'}|metrics|false|0|-",
        "{'type':'metrics','timestamp':1}|metrics|true|1|-",
        "{'type':'metrics','timestamp':'1.5'}|metrics|true|1.5|-",
        "{'type':'metrics','timestamp':true}|metrics|true|1|-",
        "{'type':'metrics','timestamp':null}|metrics|false|0|-",
        "{'type':'metrics','timestamp':'abc'}|metrics|false|0|-",
        "{'type':'metrics','timestamp':1,'data':null}|metrics|false|1|-",
        "{'type':'metrics','timestamp':1,'data':[]}|metrics|false|1|-",
        "{'type':'metrics','timestamp':1,'seq':'7'}|metrics|true|1|7",
        "{'type':'metrics','timestamp':1,'seq':7.0}|metrics|true|1|7",
        "{'type':'metrics','timestamp':1,'seq':true}|metrics|true|1|1",
        "{'type':'metrics','timestamp':1,'seq':-3}|metrics|true|1|-3",
        "{'type':'metrics','timestamp':1,'seq':7.5}|metrics|false|1|-",
        "{'type':'METRICS','timestamp':1}|METRICS|false|1|-",
        "{'type':'metrics ','timestamp':1}|`metrics `|false|1|-",
        "{'type':'connection_established','timestamp':1}|connection_established|true|1|-",
        "{'type':'connection_established','data':{'channel':'control'}}"
            + "|connection_established|false|0|-",
        "{'type':null}|``|false|0|-",
        "{'type':5}|``|false|0|-",
        "{'type':[]}|``|false|0|-",
        "{'type':{}}|``|false|0|-",
        "{'type':'x','timestamp':NaN}|x|false|NaN|-"
      })
  void eachFrameComesOutAsTheTableSays(
      String frame, String type, boolean known, double timestamp, Long seq) {
    Envelope envelope = of(frame.replace('\'', '"'));
    assertEquals(type, envelope.type());
    assertEquals(known, envelope.known());
    assertEquals(timestamp, envelope.timestamp());
    assertEquals(seq, envelope.seq());
  }

  @Test
  void aNumberBeyondADoubleIsNoTimestamp() {
    String huge = "1" + "0".repeat(309);
    assertEquals(0, of("{\"type\":\"x\",\"timestamp\":" + huge + "}").timestamp());
    assertNull(of("{\"type\":\"x\",\"emitted_at_monotonic\":" + huge + "}").emittedAtMonotonic());
    assertFalse(of("{\"type\":\"metrics\",\"timestamp\":" + huge + "}").known());
  }

  @Test
  void aLoneSurrogateIsTaken() {
    assertTrue(of("{\"type\":\"metrics\",\"timestamp\":1,\"data\":{\"\\ud800\":1}}").known());
    assertEquals("\ud800", of("{\"type\":\"\\ud800\"}").type());
  }

  @Test
  void initialMetricsHaveTheirDeclaredTypes() {
    Envelope envelope = of(initial("{\"count\":\"3\",\"other\":1}"));
    assertTrue(envelope.known());
    assertEquals(Map.of("metrics", List.of(), "count", 3L, "current_seq", 0L), envelope.data());
    assertEquals(-5L, of(initial("{\"count\":-5}")).data().get("count"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}",
        "{'metrics':{},'count':1}",
        "{'count':'many'}",
        "{'count':1,'current_seq':{}}"
      })
  void initialMetricsThatDoNotFitKeepTheirData(String data) {
    Envelope envelope = of(initial(data.replace('\'', '"')));
    assertFalse(envelope.known());
    assertEquals(JuniperJson.read(data.replace('\'', '"')), envelope.data());
    assertFalse(of("{\"type\":\"initial_metrics\",\"timestamp\":1}").known());
  }

  private static String initial(String data) {
    return "{\"type\":\"initial_metrics\",\"timestamp\":1,\"data\":" + data + "}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'c'|0|1|true",
        "'c'|'1'|2.0|true",
        "'c'|5|1|true",
        "7|0|1|false",
        "'c'|-1|1|false",
        "'c'|0|0|false",
        "'c'|0.5|1|false"
      })
  void chunksAreKnownWhenTheirNumbersMakeSense(
      String id, String index, String total, boolean known) {
    String frame =
        "{'type':'chunked_message','timestamp':1,'data':{'chunk_id':"
            + id
            + ",'chunk_index':"
            + index
            + ",'total_chunks':"
            + total
            + ",'original_type':'topology','payload':''}}";
    assertEquals(known, of(frame.replace('\'', '"')).known());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'command':'start','status':'success'}|true",
        "{'command':'start','status':'odd','command_id':null,'result':{}}|true",
        "{'command':'start'}|false",
        "{'command':'start','status':'success','result':[]}|false",
        "{'command':'start','status':'success','command_id':5}|false"
      })
  void commandResponsesNeedCommandAndStatus(String data, boolean known) {
    String frame = "{'type':'command_response','timestamp':1,'data':" + data + "}";
    assertEquals(known, of(frame.replace('\'', '"')).known());
  }

  @Test
  void theFlatRateLimitFrameIsUnknown() {
    Envelope envelope =
        of(
            "{\"type\":\"command_response\",\"command\":\"stop\",\"status\":\"rate_limited\","
                + "\"retry_after\":0.1,\"command_id\":\"k17\"}");
    assertFalse(envelope.known());
    assertEquals("command_response", envelope.type());
  }

  @Test
  void otherKeysOfAKnownFrameAreKept() {
    Envelope envelope = of("{\"type\":\"event\",\"timestamp\":1,\"colour\":\"red\"}");
    assertEquals(Map.of("colour", "red"), envelope.extra());
  }

  @Test
  void theSeventeenthLabelIsUnmatched() {
    for (int i = 0; i < UnknownLabels.BUDGET; i++) {
      assertEquals("t" + i, of("{\"type\":\"t" + i + "\"}").type());
    }
    assertEquals(UnknownLabels.UNMATCHED, of("{\"type\":\"t16\"}").type());
    assertEquals(UnknownLabels.UNMATCHED, of("{\"type\":\"metrics\"}").type());
    assertEquals("t3", of("{\"type\":\"t3\"}").type());
    assertEquals("metrics", of("{\"type\":\"metrics\",\"timestamp\":1}").type());
  }

  @Test
  void whatIsNoObjectIsAnUnknownEnvelope() {
    for (Object value : new Object[] {null, "text", 5L, List.of(), 1.5, true}) {
      assertFalse(envelopes.validate(value).known());
      assertEquals("", envelopes.validate(value).type());
    }
  }
}
