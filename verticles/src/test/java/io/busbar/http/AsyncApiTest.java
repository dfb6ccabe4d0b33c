package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelFrame;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.ControlFrames;
import io.busbar.juniper.ParameterRules;
import io.busbar.juniper.TensorHead;
import io.busbar.juniper.WorkerFrames;
import io.busbar.juniper.WorkerMessageType;
import io.busbar.juniper.training.CandidateProgress;
import io.busbar.juniper.training.CascadeAdd;
import io.busbar.juniper.training.MetricsRow;
import io.busbar.juniper.training.ReplayedRow;
import io.busbar.juniper.training.Topology;
import io.busbar.juniper.training.TrainingEvent;
import io.busbar.juniper.training.TrainingForm;
import io.busbar.juniper.training.TrainingFrames;
import io.busbar.juniper.training.TrainingMessage;
import io.busbar.juniper.training.TrainingState;
import io.busbar.juniper.training.TrainingView;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The served document describes the messages that are really sent. */
class AsyncApiTest {
  private static final TrainingForm FORM = new TrainingForm(400, 300, () -> 1788100000.5, () -> 7);

  private HttpStage stage;
  private JsonObject document;

  @BeforeEach
  void open() throws Exception {
    stage = new HttpStage();
    document = new JsonObject(stage.get("/asyncapi.json").body());
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  private JsonObject messages() {
    return document.getJsonObject("components").getJsonObject("messages");
  }

  /** Fails unless the text is as the payload of that message says. */
  private void fits(String message, String text) {
    JsonObject payload = messages().getJsonObject(message).getJsonObject("payload");
    JsonObject schema =
        new JsonObject()
            .put("allOf", new JsonArray().add(payload))
            .put("components", document.getJsonObject("components"));
    OutputUnit found =
        Validator.create(
                JsonSchema.of(schema),
                new JsonSchemaOptions()
                    .setDraft(Draft.DRAFT202012)
                    .setBaseUri("app://test")
                    .setOutputFormat(OutputFormat.Basic))
            .validate(new JsonObject(text));
    assertTrue(found.getValid(), () -> message + " " + text + " " + found.toJson());
  }

  /** As the training endpoint sends it; cut when it is long. */
  private static List<ChannelFrame> frames(TrainingMessage message) {
    List<FrameRecord> records =
        FORM.frames(
            FrameRecord.newBuilder().setData(ByteString.copyFromUtf8(message.text())).build());
    List<ChannelFrame> frames = new ArrayList<>();
    for (FrameRecord record : records) {
      frames.add(new ChannelFrame(1, record.toBuilder().setOffset(frames.size() + 1).build()));
    }
    return frames;
  }

  private void broadcastFits(String name, TrainingMessage message) {
    List<ChannelFrame> frames = frames(message);
    for (ChannelFrame frame : frames) {
      fits(frames.size() == 1 ? name : "Chunk", TrainingFrames.broadcast(frame));
    }
    String text = TrainingFrames.message(message.type(), 1.5, message.data());
    // What has a number has all of what the form adds: those fields are required.
    fits(name, text.substring(0, text.length() - 1) + ",\"seq\":1,\"emitted_at_monotonic\":2}");
  }

  private static MetricsRow row(MetricsRow.Scores scores) {
    return new MetricsRow(
        4,
        "2026-08-30T14:00:10.500000",
        0.5,
        null,
        0.01,
        2,
        "output",
        null,
        null,
        MetricsRow.OUTPUT_EPOCH,
        scores);
  }

  @Test
  void everyMessageOfATrainerIsDescribedFieldByField() {
    broadcastFits("Metrics", row(null));
    broadcastFits("Metrics", row(new MetricsRow.Scores(1, 0.5, 0.25, 1)));
    broadcastFits("Metrics", new ReplayedRow(7, 0.1, null, null, 0.5, "snapshot"));
    broadcastFits("State", TrainingState.IDLE);
    broadcastFits("CandidateProgress", new CandidateProgress(2, "u", 150, 200, 0.4));
    broadcastFits("CascadeAdd", new CascadeAdd("2026-08-30T14:00:14.000000", 0, 0.4, 1));
    Topology.HiddenUnit unit = new Topology.HiddenUnit(0, List.of(0.5, 1.0), 0.25, "Tanh");
    broadcastFits(
        "Topology",
        new Topology(
            2, 1, List.of(unit), List.of(List.of(0.5), List.of(1.0), List.of(2.0)), List.of(0.5)));
    broadcastFits("Event", TrainingEvent.trainingComplete());
    broadcastFits("Event", TrainingEvent.datasetSwap(Map.of("from", "a")));
  }

  @Test
  void whatOneTrainingClientIsToldIsDescribed() {
    fits("TrainingGreeting", TrainingFrames.connectionEstablished(1.5, 2, "id", 3.5, 1024));
    fits("InitialStatus", TrainingFrames.initialStatus(new TrainingView().initialStatus()));
    fits("State", TrainingFrames.message("state", 1.5, TrainingState.IDLE.data()));
    fits(
        "InitialMetrics",
        TrainingFrames.message("initial_metrics", 1.5, new TrainingView().initialMetrics(5, 9)));
    fits("ResumeOk", TrainingFrames.resumeOk(1.5, 3));
    fits("ResumeFailed", TrainingFrames.resumeFailed(1.5, "out_of_range"));
    fits("Ping", TrainingFrames.ping(1.5));
    TrainingFrames.personal("state", 1.5, "x".repeat(50), 20, 10)
        .forEach(chunk -> fits("Chunk", chunk));
  }

  @Test
  void whatAControlClientIsToldIsDescribed() {
    fits("ControlGreeting", ControlFrames.connectionEstablished(1.5));
    fits("CommandResponse", ControlFrames.success(1.5, "stop", "k", Map.of("status", "x")));
    fits("CommandResponse", ControlFrames.success(1.5, "stop", null, Map.of()));
    fits("CommandResponse", ControlFrames.error(1.5, "x", "k", "Unknown command: x", null));
    for (String code :
        List.of(
            ControlFrames.UNKNOWN_COMMAND,
            ControlFrames.INVALID_PARAMS,
            ControlFrames.INVALID_MESSAGE)) {
      fits("CommandResponse", ControlFrames.error(1.5, "x", null, "wrong", code));
    }
    fits("RateLimited", ControlFrames.rateLimited(1.5, "stop", "k", 0.1));
  }

  @Test
  void whatAWorkerIsToldIsDescribed() {
    fits("WorkersGreeting", WorkerFrames.connectionEstablished());
    fits("RegistrationAck", WorkerFrames.registrationAck("worker-1", "mine"));
    fits("NodeHeartbeat", WorkerFrames.heartbeat("worker-1", 1.5));
    fits("WorkerError", WorkerFrames.error("Invalid JSON", 1.5, null));
    fits("WorkerError", WorkerFrames.error("Invalid registration", 1.5, "worker_id"));
    fits("ResultAck", WorkerFrames.resultAck("t", true));
    fits("ResultAck", WorkerFrames.resultAck(null, false));
    Map<String, TensorHead> tensors =
        Map.of("y", TensorHead.of(BinaryFrame.ofFloats(List.of(1), 0.5f)));
    fits("TaskAssign", WorkerFrames.taskAssign("t", "r", 1, Map.of(), Map.of(), tensors));
  }

  @Test
  void everyTypeOfTheWorkerEndpointIsDescribed() {
    Set<WorkerMessageType> described = EnumSet.noneOf(WorkerMessageType.class);
    document
        .getJsonObject("channels")
        .getJsonObject("workers")
        .getJsonObject("messages")
        .fieldNames()
        .forEach(
            name -> {
              JsonObject schema =
                  document
                      .getJsonObject("components")
                      .getJsonObject("schemas")
                      .getJsonObject(name + "Frame");
              if (schema != null) {
                String type =
                    schema.getJsonObject("properties").getJsonObject("type").getString("const");
                described.add(WorkerMessageType.of(type));
              }
            });
    // Reserved: nobody sends it.
    described.add(WorkerMessageType.TOKEN_REFRESH);
    assertEquals(EnumSet.allOf(WorkerMessageType.class), described);
  }

  @Test
  void theParametersAreThoseThatAreChecked() {
    JsonObject described =
        document
            .getJsonObject("components")
            .getJsonObject("schemas")
            .getJsonObject("Parameters")
            .getJsonObject("properties");
    assertEquals(new TreeSet<>(ParameterRules.names()), new TreeSet<>(described.fieldNames()));
  }

  @Test
  void everyReferenceLeadsToSomethingAndEveryMessageIsUsed() {
    assertEquals("3.0.0", document.getString("asyncapi"));
    List<String> references = new ArrayList<>();
    collect(document, references);
    assertFalse(references.isEmpty());
    references.forEach(reference -> assertNotNull(at(reference), reference));
    for (String name : messages().fieldNames()) {
      assertTrue(references.contains("#/components/messages/" + name), name);
    }
    document
        .getJsonObject("operations")
        .forEach(
            operation -> {
              JsonObject said = (JsonObject) operation.getValue();
              String channel = said.getJsonObject("channel").getString("$ref");
              said.getJsonArray("messages")
                  .forEach(
                      message ->
                          assertTrue(
                              ((JsonObject) message)
                                  .getString("$ref")
                                  .startsWith(channel + "/messages/"),
                              operation.getKey()));
            });
  }

  private static void collect(Object part, List<String> references) {
    if (part instanceof JsonObject object) {
      if (object.getValue("$ref") instanceof String reference) {
        references.add(reference);
      }
      object.forEach(entry -> collect(entry.getValue(), references));
    } else if (part instanceof JsonArray array) {
      array.forEach(each -> collect(each, references));
    }
  }

  private Object at(String reference) {
    Object part = document;
    for (String name : reference.substring(2).split("/", -1)) {
      part = part instanceof JsonObject object ? object.getValue(name) : null;
    }
    return part;
  }
}
