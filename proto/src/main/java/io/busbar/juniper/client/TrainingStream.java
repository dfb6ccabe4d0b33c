package io.busbar.juniper.client;

import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code /ws/training}. Each numbered message is told once and in order, across broken
 * connections, for as long as the server can replay what was missed; else {@link
 * Listener#restarted} says that something is missing, and the first messages of a new stream
 * follow. Cut messages are joined. Pings are answered.
 */
public final class TrainingStream {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingStream.class);
  private static final String PATH = "/ws/training";
  private static final String TYPE = "type";
  private static final String EMITTED = "emitted_at_monotonic";
  private static final String DATA = "data";

  /** Answers pings, and in a handshake says that nothing is to be resumed. */
  private static final String PONG = "{\"type\":\"pong\"}";

  private final Listener listener;
  private final ChunkJoiner chunks;
  private final Link link;
  private String instance = "";
  private String offered = "";
  private long lastSeq;
  private boolean begun;

  /** What a follower is told, on the stream's context. */
  public interface Listener {
    /**
     * A message.
     *
     * @param type of it
     * @param seq number of its last frame, 0 = it is for this client alone (status, rows so far)
     * @param message the whole object, in the server's order of keys
     */
    void message(String type, long seq, Map<String, Object> message);

    /**
     * What was missed cannot be replayed.
     *
     * @param reason {@code server_restarted}, {@code out_of_range} or {@code malformed_resume}
     */
    default void restarted(String reason) {}

    /**
     * The server is there.
     *
     * @param serverInstanceId of the process, or of the epoch, that numbers the messages
     */
    default void connected(String serverInstanceId) {}

    /** The connection broke, or could not be made; it is tried again. */
    default void disconnected(String reason) {}
  }

  private TrainingStream(Vertx vertx, JuniperServer server, Listener listener) {
    this.listener = listener;
    this.chunks = new ChunkJoiner(4L * server.maxMessage());
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
                received(message.toString());
              }

              @Override
              public void lost(String reason) {
                listener.disconnected(reason);
              }
            });
  }

  /** Opens the stream; goes on until it is closed. */
  public static TrainingStream open(Vertx vertx, JuniperServer server, Listener listener) {
    return resume(vertx, server, "", 0, listener);
  }

  /** Goes on after a message that was received before, by this or another client. */
  public static TrainingStream resume(
      Vertx vertx, JuniperServer server, String instanceId, long seq, Listener listener) {
    TrainingStream stream = new TrainingStream(vertx, server, listener);
    stream.instance = instanceId;
    stream.lastSeq = seq;
    stream.begun = !instanceId.isEmpty();
    stream.link.run(stream.link::open);
    return stream;
  }

  /** Completes when the connection is closed; nothing is told any more. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    link.run(() -> link.close().onComplete(done));
    return done.future();
  }

  /** Asks for the last rows, which come as {@code initial_metrics}. */
  public void requestMetrics(int maxCount) {
    Map<String, Object> data = Map.of("max_count", maxCount);
    link.run(() -> link.send(frame("subscribe_metrics", data)));
  }

  private static String frame(String type, Map<String, Object> data) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put(TYPE, type);
    frame.put(DATA, data);
    return JuniperJson.write(frame);
  }

  private void received(String text) {
    Map<String, Object> message = object(text);
    if (message == null || !(message.get(TYPE) instanceof String type)) {
      LOG.debug("a frame that is no message was skipped");
      return;
    }
    Map<?, ?> data = message.get(DATA) instanceof Map<?, ?> map ? map : Map.of();
    switch (type) {
      case "ping" -> link.send(PONG);
      case "connection_established" -> established(data);
      case "resume_ok" -> link.settled();
      case "resume_failed" -> failed(String.valueOf(data.get("reason")));
      default -> told(type, message, data);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(String text) {
    try {
      return JuniperJson.read(text) instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
    } catch (JsonException e) {
      // Said by the null: what is no JSON is skipped, as the reference's client does.
      return null;
    }
  }

  private void established(Map<?, ?> data) {
    offered = String.valueOf(data.get("server_instance_id"));
    listener.connected(offered);
    if (begun) {
      Map<String, Object> resume = new LinkedHashMap<>();
      resume.put("last_seq", lastSeq);
      resume.put("server_instance_id", instance);
      link.send(frame("resume", resume));
    } else {
      fresh();
      link.send(PONG);
    }
  }

  /** The stream begins anew, with whatever number comes first. */
  private void fresh() {
    instance = offered;
    lastSeq = 0;
    begun = false;
    chunks.clear();
    link.settled();
  }

  private void failed(String reason) {
    fresh();
    listener.restarted(reason);
  }

  private void told(String type, Map<String, Object> message, Map<?, ?> data) {
    long seq = message.get("seq") instanceof Number number ? number.longValue() : 0;
    if (seq > 0) {
      if (begun && seq <= lastSeq) {
        return;
      }
      if (begun && seq > lastSeq + 1) {
        // What is missing is asked for with a new connection.
        link.restart("after frame " + lastSeq + " came " + seq);
        return;
      }
      lastSeq = seq;
      begun = true;
    } else if (!begun
        && type.equals("initial_metrics")
        && data.get("current_seq") instanceof Number now) {
      // Frames go on after this one, also if the first of them is lost with the connection.
      lastSeq = now.longValue();
      begun = true;
    }
    if (!type.equals(ChunkJoiner.TYPE)) {
      listener.message(type, seq, message);
      return;
    }
    String whole = chunks.add(data);
    Map<String, Object> joined = whole == null ? null : object(whole);
    if (joined != null && joined.get(TYPE) instanceof String joinedType) {
      Object emitted = message.get(EMITTED);
      if (emitted != null) {
        joined.putIfAbsent(EMITTED, emitted);
      }
      listener.message(joinedType, seq, joined);
    } else if (whole != null) {
      LOG.warn("the slices of a message are no message together");
    }
  }
}
