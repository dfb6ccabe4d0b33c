package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.DType;
import io.busbar.juniper.ElementType;
import io.busbar.juniper.JuniperJson;
import io.busbar.testing.ScriptedJuniperWorker;
import io.busbar.testing.ScriptedJuniperWorker.Task;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How each row of the judging of results is answered, and what becomes of the task. */
class WorkerResultTest {
  private final WorkersStage stage = new WorkersStage();
  private ScriptedJuniperWorker worker;
  private CompletableFuture<HttpResponse<byte[]>> call;
  private Task task;

  @BeforeEach
  void assign() {
    worker = stage.worker("one");
    call = stage.call();
    task = worker.task();
  }

  @AfterEach
  void close() {
    worker.close();
    stage.close();
  }

  /** The task comes again, and the worker does it well: what went before has not hurt it. */
  private void comesAgainAndSucceeds() {
    Task again = worker.task();
    assertFalse(again.id().equals(task.id()), "an attempt has an id of its own");
    assertEquals(task.tensors(), again.tensors());
    worker.succeed(again, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  private Map<String, Object> header() {
    return ScriptedJuniperWorker.result(task.id(), ScriptedJuniperWorker.weights(1));
  }

  private void rejected(Map<String, Object> header, Map<String, BinaryFrame> tensors) {
    worker.answer(header, tensors);
    Map<String, Object> ack = worker.json("result_ack");
    assertEquals("rejected", ack.get("status"));
    assertEquals(header.get("task_id"), ack.get("task_id"));
  }

  // ---- header stage ----

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"null,NoneType", "[],list", "'x',str", "5,int", "1.5,float", "true,bool"})
  void aManifestThatIsNoObjectIsNamedAndTheTaskGoesOnAtOnce(String manifest, String type) {
    Map<String, Object> header = header();
    header.put("tensor_manifest", JuniperJson.read(manifest.replace('\'', '"')));
    worker.send(header);
    assertEquals("tensor_manifest must be a JSON object, got " + type, worker.error());
    comesAgainAndSucceeds();
  }

  @Test
  void aManifestOfThirtyThreeIsNamedAndTheTaskGoesOnAtOnce() {
    Map<String, BinaryFrame> many = new LinkedHashMap<>();
    for (int i = 0; i < 33; i++) {
      many.put("t" + i, BinaryFrame.ofFloats(List.of(1), i));
    }
    worker.send(ScriptedJuniperWorker.result(task.id(), many));
    assertEquals("tensor_manifest has too many entries: 33 > 32", worker.error());
    comesAgainAndSucceeds();
  }

  // ---- frame stage ----

  @Test
  void aTextInsteadOfATensorEndsTheResult() {
    worker.send(header()).send("{\"type\":\"task_result\"}");
    assertEquals("Expected binary frame for tensor: weights", worker.error());
    comesAgainAndSucceeds();
  }

  @Test
  void textThatIsNoJsonInsteadOfATensorEndsTheResultToo() {
    worker.send(header()).send("{");
    assertEquals("Expected binary frame for tensor: weights", worker.error());
    comesAgainAndSucceeds();
  }

  @Test
  void aHeartbeatBetweenTensorsIsAnsweredAndTheResultGoesOn() {
    Map<String, BinaryFrame> tensors = ScriptedJuniperWorker.weights(1);
    worker.send(header()).beat(1).send(tensors.get("weights")).beat(1).send(tensors.get("bias"));
    worker.json("heartbeat");
    worker.json("heartbeat");
    assertEquals("accepted", worker.json("result_ack").get("status"));
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  @Test
  void aTensorThatCannotBeReadEndsTheResultAndTheRestIsStray() {
    worker.send(header()).send(new byte[] {1, 2, 3});
    assertEquals(
        "Invalid binary frame for weights: Binary frame too short for shape header",
        worker.error());
    Task again = worker.task();
    worker.send(BinaryFrame.ofFloats(List.of(1), 0.5f));
    worker.succeed(again, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
    assertEquals(1, stage.count("busbar.juniper.strays"));
  }

  // ---- content stage ----

  static Stream<Map<String, Object>> badFields() {
    Map<String, Object> missing = new LinkedHashMap<>();
    missing.put("correlation", null);
    return Stream.of(
        missing,
        Map.of("candidate_id", true),
        Map.of("candidate_id", "2"),
        Map.of("candidate_id", 2.5),
        Map.of("correlation", true),
        Map.of("correlation", 1.01),
        Map.of("correlation", -0.01),
        Map.of("correlation", "0.5"),
        Map.of("success", 1),
        Map.of("epochs_completed", true),
        Map.of("epochs_completed", "3"));
  }

  @ParameterizedTest
  @MethodSource("badFields")
  void aBadFieldIsRejectedAndTheTaskGoesOnAtOnce(Map<String, Object> bad) {
    Map<String, Object> header = header();
    header.putAll(bad);
    rejected(header, ScriptedJuniperWorker.weights(1));
    comesAgainAndSucceeds();
  }

  @Test
  void aCorrelationThatIsNoNumberIsRejected() {
    String text = JuniperJson.write(header()).replace("0.4127,\"success", "NaN,\"success");
    worker.send(text);
    ScriptedJuniperWorker.weights(1).values().forEach(worker::send);
    assertEquals("rejected", worker.json("result_ack").get("status"));
    comesAgainAndSucceeds();
  }

  static Stream<Map<String, BinaryFrame>> badTensors() {
    return Stream.of(
        ScriptedJuniperWorker.weights(Float.NaN),
        ScriptedJuniperWorker.weights(Float.POSITIVE_INFINITY),
        ScriptedJuniperWorker.weights(100.5f),
        ScriptedJuniperWorker.weights(),
        Map.of("bias", BinaryFrame.ofFloats(List.of(1), 1)));
  }

  @ParameterizedTest
  @MethodSource("badTensors")
  void badTensorsAreRejectedAndTheTaskGoesOnAtOnce(Map<String, BinaryFrame> tensors) {
    rejected(ScriptedJuniperWorker.result(task.id(), tensors), tensors);
    comesAgainAndSucceeds();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'shape':[2],'dtype':'float32'}",
        "{'shape':[1,1],'dtype':'float32'}",
        "{'shape':1,'dtype':'float32'}",
        "{'shape':[1],'dtype':'float64'}",
        "{'shape':[1],'dtype':'<f4'}",
        "{'shape':[1],'dtype':5}",
        "{'shape':[1]}",
        "[1]",
        "null"
      })
  void aManifestThatDoesNotFitItsTensorIsRejected(String entry) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("weights", JuniperJson.read(entry.replace('\'', '"')));
    Map<String, Object> header = header();
    header.put("tensor_manifest", manifest);
    rejected(header, Map.of("weights", BinaryFrame.ofFloats(List.of(1), 1)));
    comesAgainAndSucceeds();
  }

  @Test
  void tensorsOfEveryTypePass() {
    Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
    for (DType type : DType.values()) {
      tensors.put(
          type == DType.FLOAT32 ? "weights" : type.wireName(),
          BinaryFrame.of(
              ElementType.of(type), List.of(1), ByteBuffer.wrap(new byte[type.bytes()])));
    }
    worker.answer(ScriptedJuniperWorker.result(task.id(), tensors), tensors);
    assertEquals("accepted", worker.json("result_ack").get("status"));
  }

  // ---- ownership ----

  @Test
  void aResultOfAnUnknownTaskIsRejectedAndTheOwnOneStays() {
    Map<String, Object> header = header();
    header.put("task_id", "unknown");
    rejected(header, ScriptedJuniperWorker.weights(1));
    worker.beat(1);
    worker.json("heartbeat");
    assertTrue(worker.quiet(), "the worker is still busy");
    worker.succeed(task, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  @Test
  void aResultWithoutATaskIsRejectedAndTheWorkerStaysBusy() {
    Map<String, Object> header = header();
    header.remove("task_id");
    worker.answer(header, ScriptedJuniperWorker.weights(1));
    Map<String, Object> ack = worker.json("result_ack");
    assertEquals("rejected", ack.get("status"));
    assertNull(ack.get("task_id"));
    worker.succeed(task, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  @Test
  void aTaskIdThatIsNoTextIsRejected() {
    Map<String, Object> header = header();
    header.put("task_id", Map.of());
    worker.answer(header, ScriptedJuniperWorker.weights(1));
    assertEquals("rejected", worker.json("result_ack").get("status"));
    worker.succeed(task, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  @Test
  void theSameResultTwiceIsRejectedTheSecondTime() {
    worker.succeed(task, 1);
    rejected(header(), ScriptedJuniperWorker.weights(1));
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  @Test
  void aForeignResultDoesNotTouchItsOwner() {
    try (ScriptedJuniperWorker other = stage.worker("two")) {
      other.answer(header(), ScriptedJuniperWorker.weights(9));
      assertEquals("rejected", other.json("result_ack").get("status"));
      worker.succeed(task, 1);
      assertEquals(200, WorkersStage.await(call).statusCode());
    }
  }

  // ---- main loop ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nonsense|Invalid JSON",
        "NaN|Message must be a JSON object",
        "[1]|Message must be a JSON object",
        "{'type':'register'}|Unknown message type: register",
        "{'type':'error'}|Unknown message type: error",
        "{'type':'later'}|Unknown message type: later",
        "{}|Unknown message type: None"
      })
  void whatIsNotUnderstoodIsNamedAndTheSocketStaysOpen(String text, String error) {
    worker.send(text.replace('\'', '"'));
    assertEquals(error, worker.error());
    worker.succeed(task, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  @Test
  void nestingWithoutEndIsNotJson() {
    worker.send("{\"type\":\"task_result\",\"x\":" + "[".repeat(60_000));
    assertEquals("Invalid JSON", worker.error());
    worker.succeed(task, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  @Test
  void ofEqualEntriesOfAManifestTheLastCounts() {
    String header = JuniperJson.write(header());
    String first = "\"weights\":{\"shape\":[7],\"dtype\":\"int8\"},\"weights\":";
    worker.send(header.replaceFirst("\"weights\":", first));
    ScriptedJuniperWorker.weights(1).values().forEach(worker::send);
    assertEquals("accepted", worker.json("result_ack").get("status"));
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  @Test
  void aTextAboveTheLimitIsNamedAndTheSocketStaysOpen() {
    worker.send("x".repeat(65_537));
    assertEquals("Message too large", worker.error());
    worker.succeed(task, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
  }

  @Test
  void aStrayTensorIsIgnored() {
    worker.send(BinaryFrame.ofFloats(List.of(1), 1));
    worker.succeed(task, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
    assertEquals(1, stage.count("busbar.juniper.strays"));
  }
}
