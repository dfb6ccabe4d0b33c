package io.busbar.gateway.bench;

import io.busbar.gateway.process.ChildProcess;
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
import java.util.function.Supplier;

/**
 * Tasks with one large tensor to a Juniper worker that is connected to another node than the one
 * that takes the call, against the same number of bytes as plain messages of the event bus between
 * two processes. The worker answers with one number, and with another when it has another tensor.
 */
final class TensorScenario {
  private static final String CLUSTER = "bench-tensors";
  private static final String BOUNDARY = "tensors";
  private static final int WARMUP = 50;
  private static final int MOST_WARMUPS = 10;
  private static final double COMPILERS_REST = 0.05;
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
    report.fact("rounds", rounds + " of each way in turns");
    List<String> limits = List.of("workers.max-tensor=100MiB", "workers.max-task=64MiB");
    Farm.Server a = farm.node("a", CLUSTER, null, List.of(), List.of("juniper"), limits);
    Farm.Server b = farm.node("b", CLUSTER, a, List.of(), List.of("juniper"), limits);
    String join = a.ready().values().get("cluster");
    Farm.Server receiver =
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
      Way plain = new Way(List.of(receiver), bytes);
      Way tensors = new Way(List.of(a, b), bytes);
      Turns turns =
          (count, measured) -> {
            for (int i = 0; i < count; i++) {
              plain.send(() -> raw.send(bytes / RawBus.MESSAGE), measured);
              tensors.send(() -> call(http, task), measured);
            }
          };
      List<Farm.Server> all = List.of(receiver, a, b);
      int blocks = 0;
      double compiling = 1;
      while (compiling > COMPILERS_REST && blocks++ < MOST_WARMUPS) {
        compiling = compilersShare(all, () -> turns.run(WARMUP, false));
      }
      report.fact("warm-up", blocks * WARMUP + " of each way, compilers " + percent(compiling));
      compiling = compilersShare(all, () -> turns.run(rounds, true));
      report.fact("compilers while measured", percent(compiling));
      plain.row(report, "plain bus messages");
      tensors.row(report, "task of a worker on node b");
      report.atLeast("tensor / plain bus messages", tensors.rate() / plain.rate(), TARGET);
      report.fact(
          "processor time of a tensor / of plain messages",
          Double.toString(Math.round(100 * tensors.millis() / plain.millis()) / 100.0));
      Target.await(http.close(), ROUND_SECONDS);
    }
    Target.await(agent.close(), ROUND_SECONDS);
    return report;
  }

  /** Sends so many of each way, in turns. */
  private interface Turns {
    void run(int count, boolean measured) throws Exception;
  }

  private interface Action {
    void run() throws Exception;
  }

  /** What the compilers take of the processor time of all processes meanwhile. */
  private static double compilersShare(List<Farm.Server> servers, Action action) throws Exception {
    long compilers = compilers(servers);
    long all = cpu(servers);
    action.run();
    return (compilers(servers) - compilers) / (double) Math.max(1, cpu(servers) - all);
  }

  private static String percent(double share) {
    return Math.round(100 * share) + " %";
  }

  private static long compilers(List<Farm.Server> servers) {
    long own = ChildProcess.ownCompilerNanos();
    return own + servers.stream().mapToLong(server -> server.process().compilerNanos()).sum();
  }

  private static long cpu(List<Farm.Server> servers) {
    long own = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    return own + servers.stream().mapToLong(server -> server.process().cpuNanos()).sum();
  }

  /** One way of moving the bytes, measured. */
  private static final class Way {
    private final List<Farm.Server> servers;
    private final double mebibytes;
    private final List<Double> rates = new ArrayList<>();
    private long spent;

    /**
     * @param servers whose processor time counts, beside this process's own
     */
    Way(List<Farm.Server> servers, int bytes) {
      this.servers = servers;
      this.mebibytes = bytes / 1048576.0;
    }

    void send(Supplier<Future<Void>> sending, boolean measured) throws Exception {
      long before = measured ? cpu(servers) : 0;
      long start = System.nanoTime();
      Target.await(sending.get(), ROUND_SECONDS);
      long nanos = System.nanoTime() - start;
      if (measured) {
        rates.add(mebibytes * 1e9 / nanos);
        spent += cpu(servers) - before;
      }
    }

    double rate() {
      return Figures.median(rates);
    }

    /** Processor time of all concerned per MiB, that of their compilers included. */
    double millis() {
      return spent / 1e6 / (mebibytes * rates.size());
    }

    void row(Report report, String name) {
      report.row(
          "way",
          name,
          "MiB/s",
          rate(),
          "slowest",
          Collections.min(rates),
          "fastest",
          Collections.max(rates),
          "CPU ms/MiB",
          millis());
    }
  }

  private Buffer task() {
    ByteBuffer data = ByteBuffer.allocate(bytes);
    data.put(bytes - 1, (byte) MARK);
    BinaryFrame input = BinaryFrame.of(ElementType.of(DType.INT8), List.of(bytes / 64, 64), data);
    BinaryFrame error = BinaryFrame.ofFloats(List.of(1), 0.5f);
    Buffer body = Buffer.buffer(bytes + RawBus.MESSAGE);
    part(body, "task", StandardCharsets.UTF_8.encode("{\"candidate_data\":{\"input_size\":64}}"));
    // The large one last: it can be handed on while it comes.
    part(body, "residual_error", error.encode());
    part(body, "candidate_input", input.encode());
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
