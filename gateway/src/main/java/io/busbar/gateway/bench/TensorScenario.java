package io.busbar.gateway.bench;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.DType;
import io.busbar.juniper.ElementType;
import io.busbar.juniper.client.JuniperServer;
import io.busbar.juniper.client.WorkerAgent;
import io.busbar.juniper.client.WorkerTask;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Tasks with one large tensor to a Juniper worker that is connected to another node than the one
 * that takes the call, against the same number of bytes as plain messages of the event bus between
 * two processes. The worker answers with one number, and with another when it has another tensor.
 */
final class TensorScenario {
  private static final String CLUSTER = "bench-tensors";
  private static final String BOUNDARY = "tensors";
  private static final int WARMUP = 8;
  private static final long ROUND_SECONDS = 120;
  private static final double TARGET = 0.5;
  private static final int MARK = 0x42;

  private final Farm farm;
  private final Vertx vertx;
  private final int bytes;
  private final int rounds;

  /**
   * @param bytes of the tensor; cut to whole messages of 64 KiB, at least one
   */
  TensorScenario(Farm farm, Vertx vertx, int bytes, int rounds) {
    this.farm = farm;
    this.vertx = vertx;
    this.bytes = Math.max(1, bytes / RawBus.MESSAGE) * RawBus.MESSAGE;
    this.rounds = rounds;
  }

  Report run() throws Exception {
    Report report = new Report("a tensor of " + (bytes >> 10) + " KiB to a worker of another node");
    report.fact("rounds", rounds + " of each way in turns, after " + WARMUP);
    List<String> limits = List.of("workers.max-tensor=100MiB", "workers.max-task=64MiB");
    Farm.Server a = farm.node("a", CLUSTER, null, List.of(), List.of("juniper"), limits);
    Farm.Server b = farm.node("b", CLUSTER, a, List.of(), List.of("juniper"), limits);
    String join = a.ready().values().get("cluster");
    farm.start(
        "raw",
        RawBus.Receiver.class.getName(),
        List.of("--name", "raw", "--cluster", CLUSTER, "--join", join));
    JuniperServer server = JuniperServer.of("ws://" + b.host("http") + ":" + b.port("http"));
    WorkerAgent agent = WorkerAgent.start(vertx, server, WorkerAgent.Settings.DEFAULTS, this::work);
    try (Joined here = Joined.join("bench", CLUSTER, join)) {
      RawBus raw = new RawBus(here.vertx());
      Target.await(raw.open(), ROUND_SECONDS);
      HttpClient http =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setDefaultHost(a.host("http"))
                  .setDefaultPort(a.port("http")));
      Buffer task = task();
      List<Double> plain = new ArrayList<>();
      List<Double> tensors = new ArrayList<>();
      for (int i = -WARMUP; i < rounds; i++) {
        double one = rate(raw.send(bytes / RawBus.MESSAGE));
        double other = rate(call(http, task));
        if (i >= 0) {
          plain.add(one);
          tensors.add(other);
        }
      }
      row(report, "plain bus messages", plain);
      row(report, "task of a worker on node b", tensors);
      report.atLeast(
          "tensor / plain bus messages", Figures.median(tensors) / Figures.median(plain), TARGET);
      Target.await(http.close(), ROUND_SECONDS);
    }
    Target.await(agent.close(), ROUND_SECONDS);
    return report;
  }

  private double rate(Future<Void> sent) throws Exception {
    long start = System.nanoTime();
    Target.await(sent, ROUND_SECONDS);
    return bytes / 1048576.0 * 1e9 / (System.nanoTime() - start);
  }

  private static void row(Report report, String name, List<Double> rates) {
    report.row(
        "way",
        name,
        "MiB/s",
        Figures.median(rates),
        "slowest",
        Collections.min(rates),
        "fastest",
        Collections.max(rates));
  }

  private Buffer task() {
    ByteBuffer data = ByteBuffer.allocate(bytes);
    data.put(bytes - 1, (byte) MARK);
    BinaryFrame input = BinaryFrame.of(ElementType.of(DType.INT8), List.of(bytes / 64, 64), data);
    BinaryFrame error = BinaryFrame.ofFloats(List.of(1), 0.5f);
    Buffer body = Buffer.buffer(bytes + RawBus.MESSAGE);
    part(body, "task", StandardCharsets.UTF_8.encode("{\"candidate_data\":{\"input_size\":64}}"));
    part(body, "candidate_input", input.encode());
    part(body, "residual_error", error.encode());
    return body.appendString("\r\n--" + BOUNDARY + "--\r\n");
  }

  private static void part(Buffer body, String name, ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    body.appendString(
            "\r\n--"
                + BOUNDARY
                + "\r\nContent-Disposition: form-data; name=\""
                + name
                + "\"\r\n\r\n")
        .appendBytes(bytes);
  }

  private Future<WorkerTask.Result> work(WorkerTask task) {
    BinaryFrame input = task.tensors().get("candidate_input");
    ByteBuffer data = input.data();
    boolean whole = data.remaining() == bytes && data.get(data.limit() - 1) == MARK;
    return whole
        ? Future.succeededFuture(
            WorkerTask.Result.of(1, 1, Map.of("weights", BinaryFrame.ofFloats(List.of(1), 1f))))
        : Future.failedFuture("the tensor has " + data.remaining() + " bytes");
  }

  private static Future<Void> call(HttpClient http, Buffer task) {
    return http.request(HttpMethod.POST, "/v1/pools/juniper/calls")
        .compose(
            request ->
                request
                    .putHeader("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                    .send(task))
        .compose(response -> response.body().map(body -> checked(response.statusCode(), body)));
  }

  private static Void checked(int status, Buffer body) {
    if (status != 200 || !body.toString().contains("\"success\":true")) {
      throw new IllegalStateException("answer " + status + " " + body);
    }
    return null;
  }
}
