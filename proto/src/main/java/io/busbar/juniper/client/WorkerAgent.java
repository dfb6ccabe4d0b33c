package io.busbar.juniper.client;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.WorkerFrames;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker at {@code /ws/v1/workers}: registers, beats, does one task after the other, and comes
 * back when its connection broke. A result whose connection is gone is dropped, since the server
 * gave the task to somebody else by then.
 */
public final class WorkerAgent {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerAgent.class);
  private static final String PATH = "/ws/v1/workers";
  private static final String TYPE = "type";

  private final Vertx vertx;
  private final String name = UUID.randomUUID().toString();
  private final Settings settings;
  private final TaskHandler handler;
  private final Link link;
  private TaskIntake intake;
  private int connection;
  private int running;
  private long completed;
  private long failed;
  private long beat = -1;

  /** Does tasks. */
  @FunctionalInterface
  public interface TaskHandler {
    /**
     * Does one task; called on the agent's context, so what takes long belongs into {@link
     * Vertx#executeBlocking}. A failed future or an exception is told to the server.
     */
    Future<WorkerTask.Result> run(WorkerTask task);
  }

  /**
   * What the agent says and how long it waits.
   *
   * @param capabilities said at registration, any object
   * @param heartbeat between two beats
   * @param taskLimit after which a task counts as failed
   */
  public record Settings(Map<String, Object> capabilities, Duration heartbeat, Duration taskLimit) {
    public static final Settings DEFAULTS =
        new Settings(
            Map.of("cpu_cores", Runtime.getRuntime().availableProcessors(), "gpu", false),
            Duration.ofSeconds(10),
            Duration.ofHours(1));

    public Settings withHeartbeat(Duration pause) {
      return new Settings(capabilities, pause, taskLimit);
    }

    public Settings withTaskLimit(Duration limit) {
      return new Settings(capabilities, heartbeat, limit);
    }
  }

  private WorkerAgent(Vertx vertx, JuniperServer server, Settings settings, TaskHandler handler) {
    this.vertx = vertx;
    this.settings = settings;
    this.handler = handler;
    this.link =
        new Link(
            vertx,
            server,
            PATH,
            new Link.Handler() {
              @Override
              public void opened() {
                // The server speaks first.
              }

              @Override
              public void text(String message) {
                received(message);
              }

              @Override
              public void binary(Buffer message) {
                tensor(message);
              }

              @Override
              public int awaited() {
                return intake == null ? 0 : intake.awaited();
              }

              @Override
              public void lost(String reason) {
                WorkerAgent.this.lost(reason);
              }
            });
  }

  /** Starts it; it works until it is closed. */
  public static WorkerAgent start(
      Vertx vertx, JuniperServer server, Settings settings, TaskHandler handler) {
    WorkerAgent agent = new WorkerAgent(vertx, server, settings, handler);
    agent.link.run(agent.link::open);
    return agent;
  }

  /** The name it gives itself; the server makes an id of its own. */
  public String name() {
    return name;
  }

  /** Leaves; a task that runs is dropped. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    link.run(() -> link.close().onComplete(done));
    return done.future();
  }

  @SuppressWarnings("unchecked")
  private void received(String text) {
    Map<String, Object> message;
    try {
      message = JuniperJson.read(text) instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
    } catch (JsonException e) {
      message = null;
    }
    if (message == null) {
      link.restart("the server sends what is no JSON object");
      return;
    }
    switch (String.valueOf(message.get(TYPE))) {
      case "connection_established" -> register();
      case "registration_ack" -> {
        link.settled();
        armBeat();
      }
      case "task_assign" -> assigned(message);
      case "result_ack" -> {
        if (!"accepted".equals(message.get("status"))) {
          LOG.warn("the result of task {} was not accepted", message.get("task_id"));
        }
      }
      case "error" ->
          LOG.error("the server says: {} {}", message.get("error"), message.get("details"));
      default -> LOG.debug("message {} was skipped", message.get(TYPE));
    }
  }

  private void register() {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put(TYPE, "register");
    frame.put("worker_id", name);
    frame.put("capabilities", settings.capabilities());
    link.send(JuniperJson.write(frame));
  }

  private void armBeat() {
    vertx.cancelTimer(beat);
    beat = vertx.setPeriodic(settings.heartbeat().toMillis(), t -> beat());
  }

  private void beat() {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put(TYPE, "heartbeat");
    frame.put("worker_id", name);
    frame.put("timestamp", System.currentTimeMillis() / 1e3);
    frame.put("in_flight_tasks", running);
    frame.put("tasks_completed", completed);
    frame.put("tasks_failed", failed);
    link.send(JuniperJson.write(frame));
  }

  private void lost(String reason) {
    LOG.debug("the connection is lost: {}", reason);
    connection++;
    intake = null;
    vertx.cancelTimer(beat);
  }

  // ---- tasks ----

  private void assigned(Map<String, Object> message) {
    intake = new TaskIntake(message);
    begin();
  }

  private void tensor(Buffer message) {
    if (intake == null) {
      LOG.debug("a tensor of no task was skipped");
      return;
    }
    intake.add(message);
    begin();
  }

  private void begin() {
    if (!intake.isComplete()) {
      return;
    }
    TaskIntake whole = intake;
    intake = null;
    WorkerTask task = whole.task();
    if (whole.fault() != null) {
      answer(connection, task, failure(task, whole.fault()), Map.of());
      return;
    }
    int mine = connection;
    running++;
    Promise<WorkerTask.Result> result = Promise.promise();
    long limit =
        vertx.setTimer(
            settings.taskLimit().toMillis(),
            t -> result.tryFail("Task timed out after " + settings.taskLimit().toSeconds() + "s"));
    run(task).onComplete(done -> link.run(() -> pass(done, result)));
    result
        .future()
        .onComplete(
            done -> {
              vertx.cancelTimer(limit);
              running--;
              if (done.succeeded()) {
                completed++;
                answer(mine, task, success(task, done.result()), done.result().tensors());
              } else {
                failed++;
                answer(
                    mine, task, failure(task, String.valueOf(done.cause().getMessage())), Map.of());
              }
            });
  }

  private static <T> void pass(AsyncResult<T> from, Promise<T> to) {
    if (from.succeeded()) {
      to.tryComplete(from.result());
    } else {
      to.tryFail(from.cause());
    }
  }

  private Future<WorkerTask.Result> run(WorkerTask task) {
    try {
      return handler.run(task);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void answer(
      int mine, WorkerTask task, Map<String, Object> result, Map<String, BinaryFrame> tensors) {
    if (mine != connection) {
      LOG.info("the result of task {} is dropped, its connection is gone", task.id());
      return;
    }
    // One turn of the event loop: no beat comes between the result and its tensors.
    link.send(JuniperJson.write(result));
    tensors.values().forEach(tensor -> link.send(buffer(tensor)));
  }

  private static Buffer buffer(BinaryFrame tensor) {
    byte[] bytes = new byte[(int) tensor.size()];
    tensor.encode().get(bytes);
    return Buffer.buffer(bytes);
  }

  private static Map<String, Object> result(WorkerTask task) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put(TYPE, "task_result");
    frame.put("task_id", task.id());
    frame.put("candidate_id", task.candidateIndex());
    frame.put("candidate_uuid", task.candidateData().getOrDefault("candidate_uuid", ""));
    return frame;
  }

  private static Map<String, Object> success(WorkerTask task, WorkerTask.Result result) {
    Map<String, Object> frame = result(task);
    frame.put("correlation", result.correlation());
    frame.put("success", true);
    frame.put("epochs_completed", result.epochsCompleted());
    frame.put("activation_name", activation(task));
    frame.put("all_correlations", result.allCorrelations());
    frame.put("numerator", result.numerator());
    frame.put("denominator", result.denominator());
    frame.put("best_corr_idx", result.bestIndex());
    frame.put("error_message", null);
    frame.put("tensor_manifest", WorkerFrames.manifest(result.tensors()));
    return frame;
  }

  private static Map<String, Object> failure(WorkerTask task, String reason) {
    Map<String, Object> frame = result(task);
    frame.put("correlation", 0.0);
    frame.put("success", false);
    frame.put("epochs_completed", 0);
    frame.put("activation_name", activation(task));
    frame.put("all_correlations", List.of());
    frame.put("numerator", 0.0);
    frame.put("denominator", 1.0);
    frame.put("best_corr_idx", -1);
    frame.put("error_message", reason);
    frame.put("tensor_manifest", Map.of());
    return frame;
  }

  private static Object activation(WorkerTask task) {
    return task.candidateData().getOrDefault("activation_name", "sigmoid");
  }
}
