package io.busbar.gateway.bench;

import io.busbar.gateway.process.ChildProcess;
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
import java.util.ArrayList;
import java.util.BitSet;
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
  private static final String KEY = "bench-key-";
  private static final String WARM_KEY = "warm-key-";
  private static final int WARM_KEYS = 10_000;

  /** Keys of one claim. */
  private static final int MANY = 5_000;

  private static final int BATCHES_AT_ONCE = 2;
  private static final double TARGET_KEYS_PER_SECOND = 20_000;

  /** Two copies of each record on three nodes. */
  private static final double COPIES_PER_NODE = 2.0 / 3;

  /** A dead node's lease is over soon, but one that is starved must keep its own. */
  private static final List<String> SETTINGS = List.of("ownership.ttl=20s", "ownership.margin=5s");

  private final Farm farm;
  private final int keys;
  private final double warmup;

  /**
   * @param warmup seconds of take-overs before, 0 = the one that is measured is the first
   */
  OwnerKeysScenario(Farm farm, int keys, double warmup) {
    this.farm = farm;
    this.keys = keys;
    this.warmup = warmup;
  }

  Report run() throws Exception {
    Report report = new Report(keys + " keys of one node of three");
    List<Farm.Server> nodes = OwnerScenario.nodes(farm, CLUSTER, 3, SETTINGS);
    Farm.Server victim = nodes.get(2);
    BusbarSide side = BusbarSide.open("taker", CLUSTER, nodes);
    report.fact("warm-up, s", Double.toString(warmup));
    try {
      warmUp(side);
      memory(report, nodes, side, session(victim));
      takeOver(report, nodes.subList(0, 2), side, victim);
    } finally {
      side.close();
    }
    return report;
  }

  /** The session of a node, which answers when it has begun. */
  static Holder session(Farm.Server node) throws Exception {
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

  /** Sessions that end with many keys, each taken over from the one before. */
  private void warmUp(BusbarSide side) throws Exception {
    long until = System.nanoTime() + (long) (warmup * TimeUnit.SECONDS.toNanos(1));
    Holder last = null;
    for (int i = 0; System.nanoTime() < until; i++) {
      Holder ended = last;
      if (ended != null) {
        Promise<Object> over = Promise.promise();
        side.context()
            .runOnContext(
                v ->
                    side.ownership()
                        .endSession(ended, "warm-up")
                        .<Object>mapEmpty()
                        .onComplete(over));
        Target.await(over.future(), OPEN_SECONDS);
      }
      last = new Holder("bench-warm-" + i, 1);
      claims(side, WARM_KEY, 0, WARM_KEYS, last);
    }
  }

  private void memory(Report report, List<Farm.Server> nodes, BusbarSide side, Holder holder)
      throws Exception {
    // The first half gives tables and the channel of changes their size.
    claims(side, 0, keys / 2, holder);
    long[] before = live(nodes);
    long nanos = claims(side, keys / 2, keys, holder);
    long[] after = live(nodes);
    report.fact("claims per second, " + MANY + " at once", rate(keys - keys / 2, nanos));
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

  private static String rate(int claims, long nanos) {
    return Long.toString(Math.round(claims / (nanos / 1e9)));
  }

  private static long[] live(List<Farm.Server> nodes) throws Exception {
    long[] bytes = new long[nodes.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Profile.liveBytes(nodes.get(i).process());
    }
    return bytes;
  }

  /** Claims keys for a holder, null = the client; how long it took, ns. */
  static long claims(BusbarSide side, int from, int to, Holder holder) throws Exception {
    return claims(side, KEY, from, to, holder);
  }

  private static long claims(BusbarSide side, String name, int from, int to, Holder holder)
      throws Exception {
    long began = System.nanoTime();
    OwnerLoop loop =
        new OwnerLoop(
            BATCHES_AT_ONCE,
            n -> claimed(side.ownership(), name, from + (int) n * MANY, to, holder),
            n -> from + n * MANY < to);
    ClosedLoop.Round round = Target.await(loop.run(side.context()), LONG_SECONDS);
    if (round.failed() > 0) {
      throw new IllegalStateException(round.failed() + " claims failed: " + round.problem());
    }
    return System.nanoTime() - began;
  }

  private static Future<?> claimed(
      Ownership ownership, String name, int from, int to, Holder holder) {
    List<String> some = new ArrayList<>();
    for (int i = from; i < Math.min(to, from + MANY); i++) {
      some.add(name + i);
    }
    return ownership
        .claimAll(holder, some)
        .compose(
            answers -> Future.all(answers.stream().map(OwnerAnswer::orFail).toList()).mapEmpty());
  }

  // ---- take-over ----

  /** What the taker hears; on its context. */
  private final class Heard {
    private final Promise<Long> verdict = Promise.promise();
    private final Seen freed = new Seen();
    private final Seen moved = new Seen();
    private final String dead;

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
        case FREED -> freed.see(change.key());
        case MOVED -> {
          moved.see(change.key());
          // Told as free or as moved: either way it is known.
          freed.see(change.key());
        }
        default -> {
          // Its own claims before are none of this.
        }
      }
    }
  }

  /** Which keys were named. */
  private final class Seen {
    private final Promise<Long> all = Promise.promise();
    private final BitSet keysSeen = new BitSet(keys);
    private int count;

    void see(String name) {
      if (!name.startsWith(KEY)) {
        return;
      }
      int key = Integer.parseInt(name.substring(KEY.length()));
      if (!keysSeen.get(key)) {
        keysSeen.set(key);
        count++;
      }
      if (count == keys) {
        all.tryComplete(System.nanoTime());
      }
    }
  }

  private void takeOver(Report report, List<Farm.Server> alive, BusbarSide side, Farm.Server victim)
      throws Exception {
    Ownership ownership = side.ownership();
    Heard heard = new Heard(victim.ready().values().get("node"));
    Promise<Runnable> watching = Promise.promise();
    side.context().runOnContext(v -> watching.complete(ownership.watch(heard::change)));
    Runnable stop = Target.await(watching.future(), OPEN_SECONDS);
    long killed = System.nanoTime();
    victim.process().close();
    long verdict = Target.await(heard.verdict.future(), LONG_SECONDS);
    Spent atVerdict = Spent.now(alive);
    System.err.println("verdict");
    long freed = Target.await(heard.freed.all.future(), LONG_SECONDS);
    Spent afterFreed = Spent.now(alive);
    System.err.println("free");
    long began = System.nanoTime();
    long claiming = claims(side, 0, keys, null);
    long moved = Target.await(heard.moved.all.future(), LONG_SECONDS);
    Spent afterMoved = Spent.now(alive);
    System.err.println("moved");
    stop.run();
    report.fact("from the kill to the verdict, s", shown(verdict - killed));
    report.fact("from the verdict to the last announcement, s", shown(freed - verdict));
    report.fact("claims of all keys, s", shown(claiming));
    report.fact("from the first claim to the last key announced as moved, s", shown(moved - began));
    report.fact(
        "processor time of nodes and client meanwhile, of it compilers, us/key as free",
        afterFreed.since(atVerdict, keys));
    report.fact("us/key claimed and announced as moved", afterMoved.since(afterFreed, keys));
    report.atLeast(
        "keys announced as free per second", perSecond(freed - verdict), TARGET_KEYS_PER_SECOND);
    report.atLeast(
        "keys taken over and announced per second",
        perSecond(moved - began),
        TARGET_KEYS_PER_SECOND);
  }

  /**
   * Processor time of the nodes that live and of this process.
   *
   * @param compilers their part of it
   */
  private record Spent(long nanos, long compilers) {
    static Spent now(List<Farm.Server> alive) {
      ProcessHandle client = ProcessHandle.current();
      long nanos = client.info().totalCpuDuration().orElseThrow().toNanos();
      long compilers = ChildProcess.compilerNanos(client.pid());
      for (Farm.Server server : alive) {
        nanos += server.process().cpuNanos();
        compilers += server.process().compilerNanos();
      }
      return new Spent(nanos, compilers);
    }

    String since(Spent before, int keys) {
      return perKey(nanos - before.nanos, keys) + ", " + perKey(compilers - before.compilers, keys);
    }

    private static double perKey(long nanos, int keys) {
      return Math.round(nanos / 100.0 / keys) / 10.0;
    }
  }

  private double perSecond(long nanos) {
    return keys / (nanos / 1e9);
  }

  private static String shown(long nanos) {
    return Double.toString(Math.round(nanos / 1e7) / 100.0);
  }
}
