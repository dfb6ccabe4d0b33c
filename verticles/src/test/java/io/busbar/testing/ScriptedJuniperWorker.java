package io.busbar.testing;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.WorkerFrames;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A Juniper compute worker over a real WebSocket that does nothing by itself: the test reads what
 * the server sent, in order, and says what to send.
 */
public final class ScriptedJuniperWorker implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();
  private volatile String closeReason = "";
  private final Object gate = new Object();
  private boolean held;
  private boolean owed;
  private long bytesRead;
  private final WebSocket socket;

  /** A task as it arrived. */
  public record Task(Map<String, Object> header, Map<String, BinaryFrame> tensors) {
    public String id() {
      return (String) header.get("task_id");
    }

    /** A field of candidate_data. */
    @SuppressWarnings("unchecked") // keys of a JSON object are strings
    public Object data(String key) {
      return ((Map<String, Object>) header.get("candidate_data")).get(key);
    }
  }

  private ScriptedJuniperWorker(URI uri, Map<String, String> headers) {
    WebSocket.Builder builder =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .connectTimeout(Duration.ofSeconds(PATIENCE_SECONDS));
    headers.forEach(builder::header);
    socket = builder.buildAsync(uri, new Ear()).join();
  }

  /** Connects and sends nothing. */
  public static ScriptedJuniperWorker connect(URI uri) {
    return new ScriptedJuniperWorker(uri, Map.of());
  }

  public static ScriptedJuniperWorker connect(URI uri, Map<String, String> headers) {
    return new ScriptedJuniperWorker(uri, headers);
  }

  /** Connects and registers under that name. */
  public static ScriptedJuniperWorker registered(URI uri, String name) {
    ScriptedJuniperWorker worker = connect(uri);
    worker.register(name);
    return worker;
  }

  /** Status of a handshake that must be refused. */
  public static int refused(URI uri, Map<String, String> headers) {
    try (ScriptedJuniperWorker taken = new ScriptedJuniperWorker(uri, headers)) {
      throw new AssertionError("the handshake was accepted");
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        received.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      bytes.writeBytes(part);
      if (last) {
        received.add(bytes.toByteArray());
        bytes.reset();
      }
      synchronized (gate) {
        bytesRead += part.length;
        gate.notifyAll();
        owed = held;
        if (!held) {
          from.request(1);
        }
      }
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closeReason = reason;
      closeCode.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      // What a peer sees as 1006: the connection ended without a close frame.
      closeCode.complete(1006);
    }
  }

  // ---- reading -----------------------------------------------------------------------------

  private Object next() {
    try {
      Object next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came; closed with " + closeCode.getNow(null));
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** The next message, a JSON object. */
  @SuppressWarnings("unchecked") // keys of a JSON object are strings
  public Map<String, Object> json() {
    if (next() instanceof String text) {
      return (Map<String, Object>) JuniperJson.read(text);
    }
    throw new AssertionError("a binary message where a text was due");
  }

  /** The next message, of that type. */
  public Map<String, Object> json(String type) {
    Map<String, Object> message = json();
    if (!type.equals(message.get("type"))) {
      throw new AssertionError("expected " + type + ", got " + message);
    }
    return message;
  }

  /** The text of the error that comes next. */
  public String error() {
    return (String) json("error").get("error");
  }

  /** The next message, a tensor. */
  public BinaryFrame tensor() {
    if (next() instanceof byte[] bytes) {
      return BinaryFrame.decode(ByteBuffer.wrap(bytes));
    }
    throw new AssertionError("a text where a tensor was due");
  }

  /** Takes the next message, a binary one, whatever it holds. */
  public void skip() {
    if (!(next() instanceof byte[])) {
      throw new AssertionError("a text where a binary message was due");
    }
  }

  /** A task and its tensors, in the order of the manifest. */
  public Task task() {
    Map<String, Object> header = json("task_assign");
    Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
    Map<?, ?> manifest = (Map<?, ?>) header.get("tensor_manifest");
    for (Object name : manifest.keySet()) {
      tensors.put((String) name, tensor());
    }
    return new Task(header, tensors);
  }

  /** Waits until so many bytes of tensors came since it connected, whole ones or not. */
  public void awaitBytes(long count) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (gate) {
      while (bytesRead < count) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError(bytesRead + " bytes came; closed: " + closeCode.getNow(null));
        }
        try {
          gate.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError("interrupted", e);
        }
      }
    }
  }

  public long bytesRead() {
    synchronized (gate) {
      return bytesRead;
    }
  }

  /** Stops reading at the next piece of a tensor, or goes on. */
  public void hold(boolean on) {
    synchronized (gate) {
      held = on;
      if (!on && owed) {
        owed = false;
        socket.request(1);
      }
    }
  }

  /** Whether nothing more came than was read. */
  public boolean quiet() {
    return received.isEmpty();
  }

  public int closeCode() {
    try {
      return closeCode.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("not closed", e);
    }
  }

  public String closeReason() {
    closeCode();
    return closeReason;
  }

  // ---- sending -----------------------------------------------------------------------------

  public ScriptedJuniperWorker send(String text) {
    socket.sendText(text, true).join();
    return this;
  }

  public ScriptedJuniperWorker send(Map<String, Object> message) {
    return send(JuniperJson.write(message));
  }

  public ScriptedJuniperWorker send(byte[] bytes) {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    return this;
  }

  public ScriptedJuniperWorker send(BinaryFrame tensor) {
    socket.sendBinary(tensor.encode(), true).join();
    return this;
  }

  /** A heartbeat; the answer is still to be read. */
  public ScriptedJuniperWorker beat(int inFlight) {
    return send(
        "{\"type\":\"heartbeat\",\"worker_id\":\"mine\",\"in_flight_tasks\":" + inFlight + "}");
  }

  /** The whole registration; returns the id that the server made. */
  public String register(String name) {
    json("connection_established");
    send(
        "{\"type\":\"register\",\"worker_id\":\""
            + name
            + "\",\"capabilities\":{\"cpu_cores\":8,\"gpu\":false,\"os\":\"Linux\"}}");
    return (String) json("registration_ack").get("worker_id");
  }

  /** Header of a result that is accepted, for a task; to be changed by the test. */
  public static Map<String, Object> result(String taskId, Map<String, BinaryFrame> tensors) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("type", "task_result");
    header.put("task_id", taskId);
    header.put("candidate_id", 2);
    header.put("candidate_uuid", "3a7b9c50-3e57-4b56-8f10-9be0c3d0d0a1");
    header.put("correlation", 0.4127);
    header.put("success", true);
    header.put("epochs_completed", 200);
    header.put("activation_name", "Tanh");
    header.put("all_correlations", List.of(0.4127));
    header.put("numerator", 1.25);
    header.put("denominator", 3.03);
    header.put("best_corr_idx", 0);
    header.put("error_message", null);
    header.put("tensor_manifest", WorkerFrames.manifest(tensors));
    return header;
  }

  /** Weights and bias. */
  public static Map<String, BinaryFrame> weights(float... values) {
    Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
    tensors.put("weights", BinaryFrame.ofFloats(List.of(values.length), values));
    tensors.put("bias", BinaryFrame.ofFloats(List.of(1), 0.5f));
    return tensors;
  }

  /** Sends a good result of a task, and reads that it was accepted. */
  public void succeed(Task task, float... weights) {
    answer(result(task.id(), weights(weights)), weights(weights));
    Object status = json("result_ack").get("status");
    if (!"accepted".equals(status)) {
      throw new AssertionError("the result was " + status);
    }
  }

  /** Sends a header and the tensors after it. */
  public ScriptedJuniperWorker answer(
      Map<String, Object> header, Map<String, BinaryFrame> tensors) {
    send(header);
    for (BinaryFrame tensor : new ArrayList<>(tensors.values())) {
      send(tensor);
    }
    return this;
  }

  /** Ends the connection without a word. */
  public void drop() {
    socket.abort();
  }

  /** Says goodbye. */
  @Override
  public void close() {
    if (!socket.isOutputClosed()) {
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").exceptionally(gone -> null).join();
    }
    socket.abort();
  }
}
