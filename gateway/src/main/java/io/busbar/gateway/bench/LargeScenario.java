package io.busbar.gateway.bench;

import io.busbar.bus.v1.RequestHead;
import io.busbar.call.Call;
import io.busbar.call.CallRequest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One large body to a worker on another node, against the same number of bytes as plain messages of
 * the event bus between two processes.
 */
final class LargeScenario {
  private static final String CLUSTER = "bench-large";
  private static final int WARMUP = 8;
  private static final long ROUND_SECONDS = 300;
  private static final double TARGET = 0.5;

  /** One way of sending; completes when the other side has everything. */
  private interface Way {
    Future<Void> send();
  }

  private final Farm farm;
  private final Vertx vertx;
  private final int bytes;
  private final int rounds;

  /**
   * @param bytes of the body; cut to whole messages of 64 KiB
   */
  LargeScenario(Farm farm, Vertx vertx, int bytes, int rounds) {
    this.farm = farm;
    this.vertx = vertx;
    this.bytes = Math.max(1, bytes / RawBus.MESSAGE) * RawBus.MESSAGE;
    this.rounds = rounds;
  }

  Report run() throws Exception {
    Report report = new Report("one body of " + (bytes >> 10) + " KiB across two nodes");
    report.fact("rounds", rounds + " of each way in turns, after " + WARMUP);
    Farm.Server a = farm.node("a", CLUSTER, null, List.of(), List.of());
    Farm.Server b = farm.node("b", CLUSTER, a, List.of(Sink.class.getName()), List.of());
    String join = a.ready().values().get("cluster");
    farm.start(
        "raw",
        RawBus.Receiver.class.getName(),
        List.of("--name", "raw", "--cluster", CLUSTER, "--join", join));
    try (Joined here = Joined.join("bench", CLUSTER, join)) {
      RawBus raw = new RawBus(here.vertx());
      Target.await(raw.open(), ROUND_SECONDS);
      HttpClient http =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setDefaultHost(a.host("http"))
                  .setDefaultPort(a.port("http")));
      Map<String, Way> ways = new LinkedHashMap<>();
      ways.put("plain bus messages", () -> raw.send(bytes / RawBus.MESSAGE));
      ways.put("call of a member to node b", () -> member(here));
      ways.put("HTTP call through a to b", () -> post(http));
      Map<String, List<Double>> rates = measure(ways);
      report(report, rates);
      Target.await(http.close(), ROUND_SECONDS);
    }
    return report;
  }

  private Map<String, List<Double>> measure(Map<String, Way> ways) throws Exception {
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    for (int i = -WARMUP; i < rounds; i++) {
      for (Map.Entry<String, Way> way : ways.entrySet()) {
        long start = System.nanoTime();
        Target.await(way.getValue().send(), ROUND_SECONDS);
        double rate = bytes / 1048576.0 * 1e9 / (System.nanoTime() - start);
        if (i >= 0) {
          rates.computeIfAbsent(way.getKey(), name -> new ArrayList<>()).add(rate);
        }
      }
    }
    return rates;
  }

  private static void report(Report report, Map<String, List<Double>> rates) {
    rates.forEach(
        (name, all) ->
            report.row(
                "way",
                name,
                "MiB/s",
                Figures.median(all),
                "slowest",
                Collections.min(all),
                "fastest",
                Collections.max(all)));
    List<String> names = List.copyOf(rates.keySet());
    double base = Figures.median(rates.get(names.get(0)));
    for (String name : names.subList(1, names.size())) {
      report.atLeast(name + " / " + names.get(0), Figures.median(rates.get(name)) / base, TARGET);
    }
  }

  private Future<Void> member(Joined here) {
    Promise<Void> done = Promise.promise();
    Context context = here.vertx().getOrCreateContext();
    context.runOnContext(
        v -> {
          Call call =
              here.busbar()
                  .calls()
                  .open(
                      CallRequest.to(
                          Sink.POOL, RequestHead.newBuilder().setMethod("POST").build()));
          new Pump(call.body(), bytes).run();
          call.response()
              .compose(response -> read(response.body()))
              .compose(this::checked)
              .onComplete(done);
        });
    return done.future();
  }

  private static Future<Buffer> read(ReadStream<Buffer> body) {
    Promise<Buffer> whole = Promise.promise();
    Buffer all = Buffer.buffer();
    body.handler(all::appendBuffer);
    body.exceptionHandler(whole::tryFail);
    body.endHandler(v -> whole.tryComplete(all));
    body.resume();
    return whole.future();
  }

  private Future<Void> post(HttpClient http) {
    return http.request(HttpMethod.POST, "/v1/pools/" + Sink.POOL + "/calls")
        .compose(
            request -> {
              request.putHeader("Content-Length", Integer.toString(bytes));
              new Pump(request, bytes).run();
              return request.response();
            })
        .compose(response -> response.body())
        .compose(this::checked);
  }

  private Future<Void> checked(Buffer answer) {
    return answer.toString().equals(Integer.toString(bytes))
        ? Future.succeededFuture()
        : Future.failedFuture("answer '" + answer + "', expected " + bytes);
  }

  /** Writes so many bytes as fast as the stream takes them, and ends it. */
  private static final class Pump {
    private final WriteStream<Buffer> to;
    private final Buffer piece = Buffer.buffer(new byte[RawBus.MESSAGE]);
    private int left;

    Pump(WriteStream<Buffer> to, int bytes) {
      this.to = to;
      this.left = bytes;
    }

    void run() {
      while (left > 0 && !to.writeQueueFull()) {
        left -= piece.length();
        to.write(piece.slice());
      }
      if (left > 0) {
        to.drainHandler(v -> run());
      } else {
        to.drainHandler(null);
        to.end();
      }
    }
  }
}
