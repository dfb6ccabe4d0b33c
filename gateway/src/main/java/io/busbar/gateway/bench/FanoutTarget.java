package io.busbar.gateway.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** One server with its subscribers; frames go in over HTTP and come out of every WebSocket. */
final class FanoutTarget {
  private static final long OPEN_SECONDS = 120;
  private static final long DRAIN_SECONDS = 20;
  private static final int OPEN_AT_ONCE = 50;
  private static final int SMALL_BUFFER = 4096;
  private static final int DIGITS = 18;
  private static final byte[] STAMP = "\"t\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PING = "{\"type\":\"ping\"".getBytes(StandardCharsets.US_ASCII);

  /**
   * Where things are at a server.
   *
   * @param hello what a subscriber says first, null = nothing
   * @param greeting type of the frame that makes it one, if it says something
   */
  record Place(int port, String publish, String subscribe, String hello, String greeting) {}

  /** Frames per second and socket, and how many of them at once. */
  record Shape(String name, int perSecond, int burst) {}

  /** A round. */
  record Round(
      long deliveries,
      long nanos,
      long cpuNanos,
      long compilerNanos,
      Histogram micros,
      String problem) {}

  private final String name;
  private final Farm.Server server;
  private final Place place;
  private final byte[] greeting;
  private final Vertx vertx;
  private final NetClient sockets;
  private final NetClient slow;
  private final HttpClient publisher;
  private final List<FanoutSocket> open = new ArrayList<>();
  private final AtomicLong deliveries = new AtomicLong();

  /** Of the round that runs. */
  private volatile long expected;

  private volatile CountDownLatch allCame = new CountDownLatch(1);
  private final AtomicReference<ConcurrentHistogram> micros =
      new AtomicReference<>(new ConcurrentHistogram(3));

  FanoutTarget(Vertx vertx, String name, Farm.Server server, Place place) {
    this.vertx = vertx;
    this.name = name;
    this.server = server;
    this.place = place;
    this.greeting = ("{\"type\":\"" + place.greeting() + "\"").getBytes(StandardCharsets.US_ASCII);
    NetClientOptions options = new NetClientOptions().setTcpNoDelay(true);
    sockets = vertx.createNetClient(options);
    slow = vertx.createNetClient(new NetClientOptions().setReceiveBufferSize(SMALL_BUFFER));
    publisher =
        vertx.createHttpClient(
            new HttpClientOptions().setDefaultPort(place.port()).setDefaultHost("127.0.0.1"),
            new PoolOptions().setHttp1MaxSize(16));
  }

  String name() {
    return name;
  }

  Farm.Server server() {
    return server;
  }

  int subscribers() {
    return open.size();
  }

  /** Opens more of them, until there are so many. */
  void open(int count) throws Exception {
    while (open.size() < count) {
      List<Future<FanoutSocket>> some = new ArrayList<>();
      for (int i = open.size(); i < Math.min(count, open.size() + OPEN_AT_ONCE); i++) {
        some.add(socket(sockets, true));
      }
      Target.await(Future.all(some), OPEN_SECONDS);
      some.forEach(each -> open.add(each.result()));
    }
  }

  private Future<FanoutSocket> socket(NetClient client, boolean counted) {
    AtomicReference<FanoutSocket> self = new AtomicReference<>();
    return FanoutSocket.open(
            client,
            place.port(),
            place.subscribe(),
            place.hello(),
            (data, from, to) -> {
              if (starts(data, from, to, PING) && self.get() != null) {
                self.get().pong();
              } else if (counted) {
                count(data, from, to);
              }
              return starts(data, from, to, greeting);
            })
        .onSuccess(self::set);
  }

  private static boolean starts(Buffer data, int from, int to, byte[] with) {
    if (to - from < with.length) {
      return false;
    }
    for (int i = 0; i < with.length; i++) {
      if (data.getByte(from + i) != with[i]) {
        return false;
      }
    }
    return true;
  }

  private void count(Buffer data, int from, int to) {
    for (int at = from; at + STAMP.length + DIGITS <= to; at++) {
      if (data.getByte(at) == '"' && starts(data, at, to, STAMP)) {
        long sent = 0;
        for (int i = at + STAMP.length; i < at + STAMP.length + DIGITS; i++) {
          sent = 10 * sent + data.getByte(i) - '0';
        }
        micros.get().recordValue(Math.max(0, (System.nanoTime() - sent) / 1000));
        if (deliveries.incrementAndGet() == expected) {
          allCame.countDown();
        }
        return;
      }
    }
  }

  /**
   * Publishes for a while and waits until all has come.
   *
   * @param size bytes of a frame as it is published
   * @param slowReader whether another subscriber does not read
   */
  Round round(Shape shape, double seconds, int size, boolean slowReader) throws Exception {
    FanoutSocket lazy = null;
    if (slowReader) {
      lazy = Target.await(socket(slow, false), OPEN_SECONDS);
      lazy.stall();
    }
    deliveries.set(0);
    micros.set(new ConcurrentHistogram(3));
    int frames = Math.max(shape.burst(), (int) (shape.perSecond() * seconds));
    expected = (long) frames * open.size();
    allCame = new CountDownLatch(1);
    long cpu = server.process().cpuNanos();
    long compiler = server.process().compilerNanos();
    long begun = System.nanoTime();
    String problem = Target.await(publish(shape, frames, size), (long) seconds + DRAIN_SECONDS);
    // What is missing after that is told below.
    boolean whole = allCame.await(DRAIN_SECONDS, TimeUnit.SECONDS);
    long took = System.nanoTime() - begun;
    long spent = server.process().cpuNanos() - cpu;
    long compiled = server.process().compilerNanos() - compiler;
    if (lazy != null) {
      Target.await(lazy.close(), OPEN_SECONDS);
    }
    long came = deliveries.get();
    if (problem == null && (!whole || came != expected)) {
      long gone = open.stream().filter(FanoutSocket::isOver).count();
      problem = came + " of " + expected + " came, " + gone + " sockets were closed";
    }
    return new Round(came, took, spent, compiled, micros.get(), problem);
  }

  /** Null = all were taken, else why the first was not. */
  private Future<String> publish(Shape shape, int frames, int size) {
    Promise<String> done = Promise.promise();
    AtomicReference<String> problem = new AtomicReference<>();
    AtomicInteger answered = new AtomicInteger();
    AtomicInteger sent = new AtomicInteger();
    long pause = Math.max(1, 1000L * shape.burst() / shape.perSecond());
    vertx.runOnContext(
        v ->
            vertx.setPeriodic(
                pause,
                timer -> {
                  for (int i = 0; i < shape.burst() && sent.get() < frames; i++) {
                    sent.incrementAndGet();
                    publishOne(size)
                        .onComplete(
                            answer -> {
                              if (answer.failed()) {
                                problem.compareAndSet(null, String.valueOf(answer.cause()));
                              }
                              if (answered.incrementAndGet() == frames) {
                                done.tryComplete(problem.get());
                              }
                            });
                  }
                  if (sent.get() >= frames) {
                    vertx.cancelTimer(timer);
                  }
                }));
    return done.future();
  }

  private Future<Void> publishOne(int size) {
    return publisher
        .request(HttpMethod.POST, place.publish())
        .compose(
            request ->
                request
                    .putHeader("Content-Type", "application/json")
                    .send(frame(System.nanoTime(), size)))
        .compose(
            response ->
                response.statusCode() / 100 == 2
                    ? response.end()
                    : Future.failedFuture("status " + response.statusCode()));
  }

  private static Buffer frame(long now, int size) {
    String stamp = Long.toString(now);
    String head =
        "{\"type\":\"bench\",\"data\":{\"t\":\""
            + "0".repeat(Math.max(0, DIGITS - stamp.length()))
            + stamp
            + "\",\"pad\":\"";
    String tail = "\"}}";
    return Buffer.buffer(
        head + "x".repeat(Math.max(0, size - head.length() - tail.length())) + tail);
  }
}
