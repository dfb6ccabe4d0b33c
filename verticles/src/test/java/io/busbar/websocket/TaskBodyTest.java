package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.BinaryFrame;
import io.busbar.testing.ScriptedJuniperWorker;
import io.busbar.testing.ScriptedJuniperWorker.Task;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of a task's body and of its answer; what is wrong is named before a worker hears. */
class TaskBodyTest {
  private static final String HEAD = "{\"candidate_data\":{\"input_size\":2},\"tensors\":{";
  private static final String ERROR =
      "\"residual_error\":{\"dtype\":\"float32\",\"shape\":[1],\"data\":[0]}}}";

  private final WorkersStage stage = new WorkersStage();
  private ScriptedJuniperWorker worker;

  @BeforeEach
  void register() {
    worker = stage.worker("one");
  }

  @AfterEach
  void close() {
    worker.close();
    stage.close();
  }

  private CompletableFuture<HttpResponse<byte[]>> call(String json, String... headers) {
    return stage.call(json.getBytes(StandardCharsets.UTF_8), "application/json", headers);
  }

  private BinaryFrame sent(String tensor) {
    CompletableFuture<HttpResponse<byte[]>> call =
        call(HEAD + "\"candidate_input\":" + tensor + "," + ERROR);
    Task task = worker.task();
    worker.succeed(task, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
    return task.tensors().get("candidate_input");
  }

  @Test
  void base64AndNestedNumbersAreTheSameTensor() {
    BinaryFrame expected = BinaryFrame.ofFloats(List.of(2, 1), 1, -2);
    assertEquals(
        expected, sent("{\"data\":\"AACAPwAAAMA=\",\"shape\":[2,1],\"dtype\":\"float32\"}"));
    assertEquals(expected, sent("{\"data\":[[1],[-2.0]]}"));
    assertEquals(expected, sent("{\"shape\":[2,1],\"dtype\":\"<f4\",\"data\":[1,-2]}"));
  }

  @Test
  void wholeNumbersKeepTheirValue() {
    BinaryFrame tensor =
        sent("{\"dtype\":\"int64\",\"data\":[9223372036854775807,-1,9007199254740993]}");
    assertEquals(Long.MAX_VALUE, tensor.data().getLong(0));
    assertEquals(9007199254740993L, tensor.data().getLong(16));
  }

  @Test
  void tensorsGoOutInTheOrderOfTheBody() {
    CompletableFuture<HttpResponse<byte[]>> call =
        call(
            HEAD
                + "\"y\":{\"data\":[1]},\"candidate_input\":{\"data\":[2]},\"a\":{\"data\":[3]},"
                + ERROR);
    Task task = worker.task();
    assertEquals(
        List.of("y", "candidate_input", "a", "residual_error"),
        new ArrayList<>(task.tensors().keySet()));
    worker.succeed(task, 1);
    WorkersStage.await(call);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"data\":[[1],[2,3]]}|tensors.candidate_input.data: rows of different lengths",
        "{\"data\":[1,[2]]}|tensors.candidate_input.data",
        "{\"data\":[[1],2]}|tensors.candidate_input.data",
        "{\"data\":[\"x\"]}|tensors.candidate_input.data: element 0 is no number",
        "{\"data\":5}|tensors.candidate_input.data",
        "{\"data\":\"***\",\"shape\":[1]}|tensors.candidate_input.data: no base64",
        "{\"data\":\"AACAPw==\"}|tensors.candidate_input.shape: missing",
        "{\"data\":\"AACAPw==\",\"shape\":[2]}"
            + "|tensors.candidate_input.data: Data size mismatch: expected 8 bytes, got 4",
        "{\"data\":[1],\"shape\":[2]}|tensors.candidate_input.shape",
        "{\"data\":[1],\"shape\":[-1]}|tensors.candidate_input.shape",
        "{\"data\":[1],\"shape\":\"x\"}|tensors.candidate_input.shape",
        "{\"data\":[1],\"dtype\":\"bfloat16\"}|tensors.candidate_input.dtype: 'bfloat16'",
        "{\"data\":[1],\"dtype\":5}|tensors.candidate_input.dtype",
        "{\"data\":[1],\"dtype\":\"complex64\"}|tensors.candidate_input.data: complex",
        "{\"shape\":[1]}|tensors.candidate_input.data: missing",
        "[1]|tensors.candidate_input: expected an object"
      })
  void aBadTensorIsNamed(String tensor, String detail) {
    refused(HEAD + "\"candidate_input\":" + tensor + "," + ERROR, detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|body: expected a JSON object",
        "{|body: no JSON",
        "{}|candidate_data: missing",
        "{'candidate_data':null}|candidate_data: expected an object",
        "{'candidate_data':{}}|candidate_data.input_size",
        "{'candidate_data':{'input_size':'2'}}|candidate_data.input_size",
        "{'candidate_data':{'input_size':2},'training_params':5}|training_params",
        "{'candidate_data':{'input_size':2},'candidate_index':'x'}|candidate_index",
        "{'candidate_data':{'input_size':2},'tensors':[]}|tensors: expected an object",
        "{'candidate_data':{'input_size':2}}|tensors.candidate_input: missing",
        "{'candidate_data':{'input_size':2}} 5|body: more than one JSON value"
      })
  void aBadFieldIsNamed(String body, String detail) {
    refused(body.replace('\'', '"'), detail);
  }

  @Test
  void aTensorThatNoStockWorkerTakesIsNamed() {
    String zeros = "0,".repeat(262_200) + "0";
    refused(HEAD + "\"candidate_input\":{\"data\":[" + zeros + "]}," + ERROR, "workers.max-tensor");
  }

  private void refused(String body, String detail) {
    HttpResponse<byte[]> answer = WorkersStage.await(call(body));
    JsonObject problem = WorkersStage.json(answer);
    assertEquals(422, answer.statusCode(), problem::encode);
    assertEquals("unprocessable", problem.getString("code"));
    assertTrue(problem.getString("detail").contains(detail), problem::encode);
    worker.beat(0);
    worker.json("heartbeat");
    assertTrue(worker.quiet(), "the worker was bothered");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/octet-stream", "multipart/form-data"})
  void anotherContentTypeIsRefused(String type) {
    HttpResponse<byte[]> answer =
        WorkersStage.await(stage.call("x".getBytes(StandardCharsets.UTF_8), type));
    assertEquals(415, answer.statusCode());
    String detail = WorkersStage.json(answer).getString("detail");
    assertTrue(detail.contains("content-type"), detail);
    assertTrue(worker.quiet());
  }

  @Test
  void anAnswerThatNobodyCanGiveIsRefused() {
    HttpResponse<byte[]> answer =
        WorkersStage.await(call(WorkersStage.TASK, "Accept", "image/png"));
    assertEquals(406, answer.statusCode());
  }

  @Test
  void aBodyAboveTheLimitIsRefused() {
    byte[] large = new byte[(16 << 20) + 1];
    HttpResponse<byte[]> answer = WorkersStage.await(stage.call(large, "application/json"));
    assertEquals(413, answer.statusCode());
  }

  @Test
  void multipartGoesInAndOut() {
    BinaryFrame input = BinaryFrame.ofFloats(List.of(1, 2), 7, 8);
    BinaryFrame error = BinaryFrame.ofFloats(List.of(1), 0.5f);
    Buffer body = Buffer.buffer("preamble");
    part(body, "task", "{\"candidate_data\":{\"input_size\":2}}".getBytes(StandardCharsets.UTF_8));
    part(body, "candidate_input", input.encode().array());
    part(body, "residual_error", error.encode().array());
    body.appendString("\r\n--xyz--\r\n");
    CompletableFuture<HttpResponse<byte[]>> call =
        stage.call(
            body.getBytes(), "multipart/form-data; boundary=\"xyz\"", "Accept", "multipart/mixed");
    Task task = worker.task();
    assertEquals(input, task.tensors().get("candidate_input"));
    assertEquals(error, task.tensors().get("residual_error"));
    worker.succeed(task, 0.25f);
    HttpResponse<byte[]> answer = WorkersStage.await(call);
    assertEquals(200, answer.statusCode());
    String type = answer.headers().firstValue("content-type").orElse("");
    assertTrue(type.startsWith("multipart/mixed; boundary="), type);
    String text = new String(answer.body(), StandardCharsets.ISO_8859_1);
    String weights =
        new String(
            BinaryFrame.ofFloats(List.of(1), 0.25f).encode().array(), StandardCharsets.ISO_8859_1);
    assertTrue(text.contains("name=\"weights\""));
    assertTrue(text.contains("\r\n\r\n" + weights + "\r\n--"));
    assertTrue(text.contains("\"correlation\":0.4127"));
    assertTrue(text.endsWith("--\r\n"));
  }

  private static void part(Buffer body, String name, byte[] content) {
    body.appendString("\r\n--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n")
        .appendBytes(content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--xyz",
        "--xyz--",
        "--xyz\r\n",
        "--xyz\r\n\r\n\r\n--xyz--",
        "--xyz\r\nContent-Disposition: form-data; name=task\r\n\r\n{",
        "--xyz\r\nContent-Disposition: form-data; name=task\r\n\r\n{\r\n--xyz--",
        "--xyz\r\nContent-Disposition: form-data; name=task\r\n\r\n[]\r\n--xyz--",
        "--xyz\r\nContent-Disposition: form-data; name=y\r\n\r\nno frame\r\n--xyz--"
      })
  void aBrokenMultipartBodyIsNamed(String body) {
    HttpResponse<byte[]> answer =
        WorkersStage.await(
            stage.call(body.getBytes(StandardCharsets.UTF_8), "multipart/form-data; boundary=xyz"));
    assertEquals(422, answer.statusCode(), () -> new String(answer.body(), StandardCharsets.UTF_8));
    assertTrue(worker.quiet());
  }

  @Test
  void aTaskOfSeveralMegabytesArrivesUnchanged() {
    float[] values = new float[260_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 0.5f;
    }
    BinaryFrame large = BinaryFrame.ofFloats(List.of(values.length), values);
    Buffer body = Buffer.buffer();
    part(body, "task", "{\"candidate_data\":{\"input_size\":2}}".getBytes(StandardCharsets.UTF_8));
    for (String name : List.of("candidate_input", "y", "residual_error")) {
      part(body, name, large.encode().array());
    }
    body.appendString("\r\n--xyz--\r\n");
    CompletableFuture<HttpResponse<byte[]>> call =
        stage.call(body.getBytes(), "multipart/form-data; boundary=xyz");
    Task task = worker.task();
    assertArrayEquals(large.encode().array(), task.tensors().get("y").encode().array());
    worker.succeed(task, 1);
    assertEquals(200, WorkersStage.await(call).statusCode());
  }
}
