package io.busbar.gateway.bench;

import io.busbar.ownership.Claim;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many keys that one node of three owns: what each costs each node, and how long it takes until all
 * have another owner once the dead node's session is found ended.
 */
final class OwnerKeysScenario {
  private static final String CLUSTER = "bench-owner-keys";
  private static final long OPEN_SECONDS = 60;
  private static final long LONG_SECONDS = 1800;
  private static final double TARGET_BYTES = 400;
  private static final double TARGET_KEYS_PER_SECOND = 20_000;

  /** Two copies of each record on three nodes. */
  private static final double COPIES_PER_NODE = 2.0 / 3;

  /** A dead node's lease is over soon, but one that is starved must keep its own. */
  private static final List<String> SETTINGS = List.of("ownership.ttl=20s", "ownership.margin=5s");

  private final Farm farm;
  private final int keys;
  private final int inFlight;

  OwnerKeysScenario(Farm farm, int keys, int inFlight) {
    this.farm = farm;
    this.keys = keys;
    this.inFlight = inFlight;
  }

  Report run() throws Exception {
    Report report = new Report(keys + " keys of one node of three");
    List<Farm.Server> nodes = OwnerScenario.nodes(farm, CLUSTER, 3, SETTINGS);
    Farm.Server victim = nodes.get(2);
    BusbarSide side = BusbarSide.open("taker", CLUSTER, nodes);
    try {
      memory(report, nodes, side, session(victim));
      takeOver(report, side, victim);
    } finally {
      side.close();
    }
    return report;
  }

  /** The session of a node, which answers when it has begun. */
  private static Holder session(Farm.Server node) throws Exception {
    String name = node.ready().values().get("node");
    URI uri = URI.create("http://127.0.0.1:" + node.port("http") + "/v1/owners/bench-first");
    HttpRequest claim =
        HttpRequest.newBuilder(uri)
            .PUT(HttpRequest.BodyPublishers.ofString("{\"host\":\"" + name + "\"}"))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(claim, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException("first claim: " + answer.statusCode() + answer.body());
    }
    return new Holder(name, new JsonObject(answer.body()).getLong("incarnation"));
  }

  private void memory(Report report, List<Farm.Server> nodes, BusbarSide side, Holder holder)
      throws Exception {
    // The first half gives tables and the channel of changes their size.
    claims(side, 0, keys / 2, key -> side.ownership().claim(Claim.of(key, holder)));
    long[] before = live(nodes);
    ClosedLoop.Round round =
        claims(side, keys / 2, keys, key -> side.ownership().claim(Claim.of(key, holder)));
    long[] after = live(nodes);
    report.fact("claims per second, " + inFlight + " in flight", rate(round));
    double worst = 0;
    for (int i = 0; i < nodes.size(); i++) {
      String name = nodes.get(i).ready().values().get("node");
      double bytes = after[i] - before[i];
      double perRecord = bytes / (COPIES_PER_NODE * (keys - keys / 2));
      worst = Math.max(worst, bytes / (keys - keys / 2));
      report.row(
          "node",
          name.equals(holder.host()) ? name + ", owner of all keys" : name,
          "live MiB before",
          before[i] / 1048576.0,
          "after",
          after[i] / 1048576.0,
          "per key of the cluster",
          bytes / (keys - keys / 2),
          "per record on the node",
          perRecord);
    }
    report.atMost("bytes per owned key, the worst node", worst, TARGET_BYTES);
  }

  private static String rate(ClosedLoop.Round round) {
    return Long.toString(Math.round(round.callsPerSecond()));
  }

  private static long[] live(List<Farm.Server> nodes) throws Exception {
    long[] bytes = new long[nodes.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Profile.liveBytes(nodes.get(i).process());
    }
    return bytes;
  }

  private interface Ask {
    Future<OwnerAnswer> of(String key);
  }

  private ClosedLoop.Round claims(BusbarSide side, int from, int to, Ask ask) throws Exception {
    OwnerLoop loop =
        new OwnerLoop(
            inFlight,
            n -> ask.of("bench-key-" + (from + n)).compose(OwnerAnswer::orFail),
            n -> from + n < to);
    ClosedLoop.Round round = Target.await(loop.run(side.context()), LONG_SECONDS);
    if (round.failed() > 0) {
      throw new IllegalStateException(round.failed() + " claims failed: " + round.problem());
    }
    return round;
  }

  // ---- take-over ----

  /** What the taker hears; on its context. */
  private final class Heard {
    private final Promise<Long> verdict = Promise.promise();
    private final Promise<Long> all = Promise.promise();
    private final boolean[] moved = new boolean[keys];
    private final String dead;
    private int count;

    Heard(String dead) {
      this.dead = dead;
    }

    void change(OwnerChange change) {
      switch (change.kind()) {
        case SESSION_ENDED -> {
          if (change.previous().host().equals(dead)) {
            verdict.tryComplete(System.nanoTime());
          }
        }
        case MOVED -> moved(Integer.parseInt(change.key().substring("bench-key-".length())));
        default -> {
          // Its own claims before are none of this.
        }
      }
    }

    private void moved(int key) {
      if (!moved[key]) {
        moved[key] = true;
        count++;
      }
      if (count == keys) {
        all.tryComplete(System.nanoTime());
      }
    }
  }

  private void takeOver(Report report, BusbarSide side, Farm.Server victim) throws Exception {
    Ownership ownership = side.ownership();
    Heard heard = new Heard(victim.ready().values().get("node"));
    Promise<Runnable> watching = Promise.promise();
    side.context().runOnContext(v -> watching.complete(ownership.watch(heard::change)));
    Runnable stop = Target.await(watching.future(), OPEN_SECONDS);
    long killed = System.nanoTime();
    victim.process().close();
    long verdict = Target.await(heard.verdict.future(), LONG_SECONDS);
    ClosedLoop.Round round = claims(side, 0, keys, ownership::claim);
    long announced = Target.await(heard.all.future(), OPEN_SECONDS);
    stop.run();
    double seconds = (announced - verdict) / (double) TimeUnit.SECONDS.toNanos(1);
    report.fact("from the kill to the verdict, s", shown((verdict - killed) / 1e9));
    report.fact("from the verdict to the last announcement, s", shown(seconds));
    report.fact("claims per second meanwhile", rate(round));
    report.atLeast(
        "keys taken over and announced per second", keys / seconds, TARGET_KEYS_PER_SECOND);
  }

  private static String shown(double seconds) {
    return Double.toString(Math.round(seconds * 100) / 100.0);
  }
}
