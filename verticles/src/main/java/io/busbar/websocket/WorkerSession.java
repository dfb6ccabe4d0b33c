package io.busbar.websocket;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.edge.MessageSocket;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.Registration;
import io.busbar.juniper.WorkerFrames;
import io.busbar.juniper.WorkerMessageType;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerPort;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connected worker, known by its connection and never by the id it writes into its messages. It
 * registers, then is attached to the pool with one slot. Its tasks are {@link WorkerTasks}' affair.
 * On the lane's context.
 */
final class WorkerSession implements MessageSocket.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerSession.class);

  private static final short BAD_SIZE = 4005;
  private static final short BAD_JSON = 4006;
  private static final short NOT_REGISTER = 4007;
  private static final short BAD_REGISTRATION = 4008;
  private static final short FULL = 4013;
  private static final double MILLIS = 1000.0;

  private enum State {
    REGISTERING,
    ACTIVE,
    GONE
  }

  private final WorkersLane home;
  private final MessageSocket socket;
  private final WorkerWire wire;
  private final Slots slots = new Slots(1);
  private State state = State.REGISTERING;
  private long heard;
  private String id = "";
  private String clientName = "";
  private WorkerPort.Attachment attachment;
  private WorkerTasks tasks;

  WorkerSession(WorkersLane home, MessageSocket socket) {
    this.home = home;
    this.socket = socket;
    this.wire = new WorkerWire(socket, home.node().meters());
    this.heard = home.lane().now();
  }

  void greet() {
    wire.text(WorkerFrames.connectionEstablished());
  }

  // ---- what comes in -----------------------------------------------------------------------

  @Override
  public void text(String message) {
    heard = home.lane().now();
    switch (state) {
      case REGISTERING -> register(message);
      case ACTIVE -> {
        received(message);
        holdBack();
      }
      case GONE -> {}
    }
  }

  @Override
  public void binary(Buffer message) {
    heard = home.lane().now();
    switch (state) {
      case REGISTERING -> {
        // The protocol has no words for this: the connection just ends.
        home.node().meters().refused("binary");
        socket.cut();
      }
      case ACTIVE -> {
        if (!tasks.frame(message)) {
          home.node().meters().stray();
        }
        holdBack();
      }
      case GONE -> {}
    }
  }

  @Override
  public void drained() {
    socket.resume();
    if (tasks != null) {
      tasks.drained();
    }
  }

  @Override
  public void closed() {
    gone("its connection ended");
    home.ended(this);
  }

  // ---- registration ------------------------------------------------------------------------

  private void register(String message) {
    if (tooLong(message)) {
      refuse("Registration message too large", null, BAD_SIZE, "Message too large");
      return;
    }
    Object read;
    try {
      read = JuniperJson.read(message);
    } catch (JsonException e) {
      refuse("Invalid JSON", null, BAD_JSON, "Invalid JSON");
      return;
    }
    Map<String, Object> frame = object(read);
    if (frame == null) {
      refuse(
          "Registration message must be a JSON object",
          null,
          BAD_REGISTRATION,
          "Invalid registration");
    } else if (WorkerMessageType.of(frame.get("type")) != WorkerMessageType.REGISTER) {
      refuse("First message must be registration", null, NOT_REGISTER, "Expected registration");
    } else {
      enter(frame);
    }
  }

  private void enter(Map<String, Object> frame) {
    List<String> faults = Registration.faults(frame);
    if (!faults.isEmpty()) {
      refuse(
          "Invalid registration",
          String.join("; ", faults),
          BAD_REGISTRATION,
          "Invalid registration");
      return;
    }
    if (!home.node().enter()) {
      refuse("Worker registry at capacity", null, FULL, "Worker registry at capacity");
      return;
    }
    state = State.ACTIVE;
    Registration registration = Registration.of(frame);
    id = home.node().newWorkerId();
    clientName = registration.clientName();
    tasks = new WorkerTasks(home, wire, id, this::broken);
    wire.text(WorkerFrames.registrationAck(id, clientName));
    WorkerInfo info = WorkerLabels.info(home.options().pool(), id, registration, socket);
    attachment = home.port().attach(info, slots, tasks);
    LOG.info("Worker {} ({}) joins pool {}", id, clientName, home.options().pool());
  }

  /**
   * @param reason of the close
   */
  private void refuse(String error, String details, short code, String reason) {
    state = State.GONE;
    home.node().meters().refused(Integer.toString(code));
    wire.text(WorkerFrames.error(error, now(), details));
    socket.close(code, reason);
  }

  // ---- the main loop -----------------------------------------------------------------------

  private void received(String message) {
    if (tooLong(message)) {
      notUnderstood("Message too large");
      return;
    }
    Object read;
    try {
      read = JuniperJson.read(message);
    } catch (JsonException e) {
      notUnderstood("Invalid JSON");
      return;
    }
    Map<String, Object> frame = object(read);
    if (frame == null) {
      notUnderstood("Message must be a JSON object");
      return;
    }
    Object type = frame.get("type");
    WorkerMessageType known = WorkerMessageType.of(type);
    if (known == WorkerMessageType.HEARTBEAT) {
      heartbeat(frame);
    } else if (tasks.abortedByText()) {
      LOG.debug("Worker {} sent a text where a tensor was due", id);
    } else if (known == WorkerMessageType.TASK_RESULT) {
      tasks.result(frame);
    } else {
      String shown = type == null ? "None" : Failure.shorten(String.valueOf(type), 100);
      notUnderstood("Unknown message type: " + shown);
    }
  }

  private void notUnderstood(String error) {
    if (!tasks.abortedByText()) {
      home.node().meters().error();
      wire.text(WorkerFrames.error(error, now(), null));
    }
  }

  private void heartbeat(Map<String, Object> frame) {
    wire.text(WorkerFrames.heartbeat(id, now()));
    tasks.heartbeat(frame.get("in_flight_tasks"));
  }

  /** A peer that asks and does not read is not read either. */
  private void holdBack() {
    if (socket.writeQueueFull()) {
      socket.pause();
    }
  }

  // ---- the end -----------------------------------------------------------------------------

  void lookedAt(long now) {
    WorkersOptions options = home.options();
    long silent = now - heard;
    if (state == State.REGISTERING && silent > options.registrationTimeout().toMillis()) {
      refuse("Registration timed out", null, NOT_REGISTER, "Expected registration");
    } else if (state == State.ACTIVE && silent > options.heartbeatTimeout().toMillis()) {
      home.node().meters().stale();
      LOG.warn("Worker {} ({}) was silent for {} ms", id, clientName, silent);
      gone("it was silent for " + silent + " ms");
      socket.close(MessageSocket.INTERNAL_ERROR, "Heartbeat timeout");
    }
  }

  /** No new tasks; goes when it has none. */
  void drain() {
    if (state != State.ACTIVE) {
      leave("the node drains");
      return;
    }
    attachment.drain();
    slots
        .whenIdle()
        .onComplete(idle -> home.lane().context().runOnContext(v -> leave("the node drains")));
  }

  /** Told to go; it connects again, here or elsewhere. */
  void leave(String why) {
    gone(why);
    socket.close(MessageSocket.RESTART, "");
  }

  private void broken(String why) {
    gone(why);
    socket.close(MessageSocket.INTERNAL_ERROR, "Task broke off");
  }

  private void gone(String why) {
    boolean attached = state == State.ACTIVE;
    state = State.GONE;
    if (!attached) {
      return;
    }
    Failure lost =
        Failure.of(
                FailureCode.WORKER_LOST, "worker " + id + " (" + clientName + ") is gone: " + why)
            .withRetrySafe(true);
    tasks.close(lost);
    attachment
        .detach(lost)
        .onFailure(cause -> LOG.warn("Worker {} was not detached: {}", id, cause.getMessage()));
    home.node().leave();
    LOG.info("Worker {} ({}) leaves: {}", id, clientName, why);
  }

  private boolean tooLong(String message) {
    int most = home.options().maxText();
    return message.length() > most && message.codePointCount(0, message.length()) > most;
  }

  static double now() {
    return System.currentTimeMillis() / MILLIS;
  }

  @SuppressWarnings("unchecked") // keys of a JSON object are strings
  private static Map<String, Object> object(Object value) {
    return value instanceof Map<?, ?> ? (Map<String, Object>) value : null;
  }
}
