package io.busbar.gateway.juniper;

import io.busbar.testing.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A client of the training stream that connects again and resumes, until it has what it wants. */
final class Dashboard implements AutoCloseable {
  private static final long BETWEEN_CONNECTIONS = 50_000_000;

  private final Supplier<URI> nodes;
  private final long last;
  private final List<String> frames = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private final Thread thread;
  private String instance;
  private long seen;
  private int connections;
  private boolean live;
  private volatile boolean closed;

  /**
   * @param nodes asked for each connection
   * @param last number of the frame after which it is content
   */
  Dashboard(Supplier<URI> nodes, long last) {
    this.nodes = nodes;
    this.last = last;
    this.thread = new Thread(this::run, "dashboard");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!closed && seen() < last) {
      try (RawWebSocket socket = new RawWebSocket(nodes.get())) {
        watch(socket);
      } catch (IOException | AssertionError ended) {
        // Its node is gone, going or not there yet: another one.
        LockSupport.parkNanos(BETWEEN_CONNECTIONS);
      }
    }
  }

  private void watch(RawWebSocket socket) throws IOException {
    JsonObject greeting = socket.json("connection_established").getJsonObject("data");
    String now = greeting.getString("server_instance_id");
    begin(socket, now);
    while (!closed && seen() < last) {
      JsonObject frame = socket.json();
      if (frame.containsKey("seq")) {
        got(frame);
      } else if (frame.getString("type").equals("resume_failed")) {
        note("resume_failed: " + frame.getJsonObject("data").getString("reason"));
      }
    }
  }

  private synchronized void begin(RawWebSocket socket, String now) throws IOException {
    connections++;
    if (instance == null) {
      instance = now;
      socket.text("{\"type\":\"pong\"}");
      socket.json("initial_status");
      socket.json("state");
      seen = socket.json("initial_metrics").getJsonObject("data").getLong("current_seq");
    } else {
      JsonObject data = new JsonObject().put("last_seq", seen).put("server_instance_id", instance);
      socket.text(new JsonObject().put("type", "resume").put("data", data).encode());
    }
    live = true;
    notifyAll();
  }

  private synchronized void got(JsonObject frame) {
    long seq = frame.getLong("seq");
    if (seq != seen + 1) {
      wrong.add("got " + seq + ", expected " + (seen + 1));
    }
    seen = seq;
    frames.add(frame.encode());
    notifyAll();
  }

  private synchronized void note(String fault) {
    wrong.add(fault);
  }

  private synchronized long seen() {
    return seen;
  }

  /** What broke the promise; empty = nothing. */
  synchronized List<String> wrong() {
    return List.copyOf(wrong);
  }

  synchronized List<String> frames() {
    return List.copyOf(frames);
  }

  synchronized int connections() {
    return connections;
  }

  /** Waits until it has begun. */
  synchronized void awaitLive() throws InterruptedException {
    while (!live) {
      wait();
    }
  }

  /** Waits until it has all it wants. */
  void awaitEnd(long millis) throws InterruptedException {
    thread.join(millis);
    if (thread.isAlive()) {
      throw new AssertionError("has " + seen() + " of " + last + ", " + wrong());
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
