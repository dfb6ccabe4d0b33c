package io.busbar.gateway.bench;

import io.busbar.gateway.bench.OwnerScenario.OwnerLoad;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How long a node of three takes to answer ControlPlane's Ping, one at a time: with few and with
 * many keys that it owns, while nothing else happens and while keys are claimed as fast as they can
 * be.
 */
final class PingScenario {
  private static final String CLUSTER = "bench-ping";
  private static final String HOST = "127.0.0.1";
  private static final int FEW = 10;
  private static final long OPEN_SECONDS = 60;
  private static final long GRACE_SECONDS = 120;
  private static final double TARGET_RATIO = 1.5;

  private static final ServiceMethod<Buffer, Buffer> PING =
      ServiceMethod.client(
          ServiceName.create("messages", "ControlPlane"),
          "Ping",
          GrpcMessageEncoder.IDENTITY,
          GrpcMessageDecoder.IDENTITY);

  private final Farm farm;
  private final Vertx vertx;
  private final OwnerLoad load;
  private final int keys;
  private long claimed;

  PingScenario(Farm farm, Vertx vertx, OwnerLoad load, int keys) {
    this.farm = farm;
    this.vertx = vertx;
    this.load = load;
    this.keys = keys;
  }

  Report run() throws Exception {
    Report report = new Report("Ping of ControlPlane, one at a time, at a node of three");
    List<Farm.Server> nodes = OwnerScenario.nodes(farm, CLUSTER, 3, List.of());
    Farm.Server pinged = nodes.get(0);
    BusbarSide side = BusbarSide.open("claimer", CLUSTER, nodes);
    GrpcClient client =
        GrpcClient.client(
            vertx,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    try {
      SocketAddress address = SocketAddress.inetSocketAddress(pinged.port("control-plane"), HOST);
      var holder = OwnerKeysScenario.session(pinged);
      OwnerKeysScenario.claims(side, 0, FEW, holder);
      Promise<Object> begun = Promise.promise();
      side.context()
          .runOnContext(v -> side.begin(load.inFlight()).<Object>mapEmpty().onComplete(begun));
      Target.await(begun.future(), OPEN_SECONDS);
      round(side, client, address, load.warmup() / 2, false);
      round(side, client, address, load.warmup() / 2, true);
      Histogram few = row(report, side, client, address, FEW, false);
      row(report, side, client, address, FEW, true);
      OwnerKeysScenario.claims(side, FEW, keys, holder);
      Histogram many = row(report, side, client, address, keys, false);
      row(report, side, client, address, keys, true);
      report.atMost(
          "p50 with " + keys + " keys / with " + FEW + ", without claims",
          many.getValueAtPercentile(50) / (double) few.getValueAtPercentile(50),
          TARGET_RATIO);
    } finally {
      Target.await(client.close(), OPEN_SECONDS);
      side.close();
    }
    return report;
  }

  private Histogram row(
      Report report,
      BusbarSide side,
      GrpcClient client,
      SocketAddress address,
      int held,
      boolean claims)
      throws Exception {
    long before = claimed;
    ClosedLoop.Round round = round(side, client, address, load.seconds(), claims);
    Histogram micros = round.micros();
    report.row(
        "keys of the node",
        held,
        "meanwhile",
        claims ? load.inFlight() + " claims in flight" : "nothing",
        "pings",
        round.calls(),
        "p50 us",
        micros.getValueAtPercentile(50),
        "p99 us",
        micros.getValueAtPercentile(99),
        "max us",
        micros.getMaxValue(),
        "claims/s",
        Math.round((claimed - before) / load.seconds()));
    return micros;
  }

  private ClosedLoop.Round round(
      BusbarSide side, GrpcClient client, SocketAddress address, double seconds, boolean claims)
      throws Exception {
    long until = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    long patience = (long) Math.ceil(seconds) + GRACE_SECONDS;
    List<Future<ClosedLoop.Round>> running = new ArrayList<>();
    Context context = vertx.getOrCreateContext();
    OwnerLoop pings =
        new OwnerLoop(1, n -> ping(client, address), n -> n == 0 || System.nanoTime() < until);
    running.add(pings.run(context));
    if (claims) {
      long first = claimed;
      OwnerLoop loop =
          new OwnerLoop(
              load.inFlight(),
              n -> side.claim("ping-key-" + (first + n), (int) (n % load.inFlight())),
              n -> n == 0 || System.nanoTime() < until);
      running.add(loop.run(side.context()));
    }
    for (Future<ClosedLoop.Round> one : running) {
      ClosedLoop.Round done = Target.await(one, patience);
      if (done.failed() > 0) {
        throw new IllegalStateException(done.failed() + " failed: " + done.problem());
      }
    }
    claimed += claims ? running.get(1).result().calls() : 0;
    return running.get(0).result();
  }

  private static Future<?> ping(GrpcClient client, SocketAddress address) {
    return client
        .request(address, PING)
        .compose(request -> request.send(Buffer.buffer()))
        .compose(response -> response.last());
  }
}
