package io.busbar.gateway.channel;

import io.busbar.gateway.testing.NodeProcess;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/**
 * A client that follows a channel by server-sent events, checks that each frame is the next one,
 * and goes on at another node, with the id of what it saw last, when its connection ends. Any
 * thread reads.
 */
final class SseFollower implements AutoCloseable {
  private final HttpClient client;
  private final String channel;
  private final Supplier<NodeProcess> where;
  private final List<String> frames = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private long epoch;
  private long next = 1;
  private String lastId = "";
  private int connections;
  private boolean closed;

  /**
   * @param where to connect to, asked each time
   */
  SseFollower(HttpClient client, String channel, Supplier<NodeProcess> where) {
    this.client = client;
    this.channel = channel;
    this.where = where;
  }

  SseFollower connect() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(where.get().http("/v1/channels/" + channel + "/frames?after=0"));
    synchronized (this) {
      connections++;
      if (!lastId.isEmpty()) {
        request.header("Last-Event-ID", lastId);
      }
    }
    client
        .sendAsync(request.build(), HttpResponse.BodyHandlers.fromLineSubscriber(new Lines()))
        .whenComplete(
            (answer, broken) -> {
              if (!isClosed()) {
                connect();
              }
            });
    return this;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  synchronized List<String> frames() {
    return List.copyOf(frames);
  }

  /** What it was told besides frames. */
  synchronized List<String> told() {
    return List.copyOf(told);
  }

  synchronized List<String> wrong() {
    return List.copyOf(wrong);
  }

  synchronized int connections() {
    return connections;
  }

  private synchronized void event(String name, String id, String data) {
    if (name.equals("message")) {
      String[] parts = id.split(":", -1);
      long ofEpoch = Long.parseLong(parts[0]);
      long offset = Long.parseLong(parts[1]);
      if (offset != next || (epoch != 0 && ofEpoch != epoch)) {
        wrong.add("got " + id + ", expected " + epoch + ":" + next);
      }
      epoch = ofEpoch;
      next = offset + 1;
      frames.add(data);
    } else if (!name.equals("live")) {
      told.add(name + " " + data);
    }
    if (!id.isEmpty()) {
      lastId = id;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  /** The lines of one connection. */
  private final class Lines implements Flow.Subscriber<String> {
    private String name = "message";
    private String id = "";
    private String data = "";

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("event: ")) {
        name = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data = line.substring(6);
      } else if (line.isEmpty() && !data.isEmpty()) {
        event(name, id, data);
        name = "message";
        id = "";
        data = "";
      }
    }

    @Override
    public void onError(Throwable broken) {
      // The answer's future says it too, and connects again.
    }

    @Override
    public void onComplete() {
      // As above.
    }
  }
}
