package io.busbar.gateway.node;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.fnclient.RunnerHandle;
import io.busbar.fnclient.RunnerObserver;
import io.busbar.fnclient.RunnerTarget;
import io.busbar.fnclient.RunnerWorkers;
import io.busbar.fnclient.WorkerLane;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.process.OpenFiles;
import io.busbar.member.Members;
import io.busbar.plugin.host.HostLane;
import io.busbar.registry.WorkerView;
import io.busbar.runners.PoolRunners;
import io.busbar.runners.RunnerAddress;
import io.busbar.runners.RunnerKey;
import io.busbar.runners.RunnersMember;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClientOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dialled runners of a node: made with the first lane, begun when the node knows the others.
 */
final class NodeRunners {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRunners.class);

  /** Of its open files an eighth is left to clients, dashboards, other nodes and the disk. */
  private static final int PART_FOR_OTHERS = 8;

  /** A member that does not say what it is for so long is no reason to wait longer. */
  private static final long PATIENCE = 10_000;

  private final Members members;
  private final WorkerView view;
  private final MeterRegistry meters;
  private volatile Map<String, PoolRunners> pools;
  private volatile RunnersMember member;
  private volatile Context context;
  private volatile RunnerWorkers workers;

  NodeRunners(Config config, Members members, WorkerView view, MeterRegistry meters) {
    this.members = members;
    this.view = view;
    this.meters = meters;
    this.pools = RunnerPools.of(config);
  }

  /** On the first lane. */
  RunnersMember open(Context firstLane) {
    context = firstLane;
    member =
        new RunnersMember(
            members,
            view,
            pools,
            this::attach,
            new RunnerLookup(firstLane, new DnsClientOptions()),
            meters,
            task -> firstLane.runOnContext(v -> task.run()));
    return member;
  }

  private Future<RunnerHandle> attach(RunnerKey key, PoolRunners options, RunnerObserver observer) {
    String host = key.address().host();
    RunnerAddress dns = options.dns();
    // The target of an SRV record is a name of its own.
    boolean byName = dns != null && dns.port() != 0 && !options.runners().contains(key.address());
    RunnerTarget target =
        new RunnerTarget(
            key.pool(),
            key.workerName(),
            host,
            key.address().port(),
            byName ? dns.host() : host,
            options.tls());
    return onFirstLane(workers.attach(target, options.client(), observer));
  }

  private <T> Future<T> onFirstLane(Future<T> future) {
    Promise<T> promise = Promise.promise();
    future.onComplete(done -> context.runOnContext(v -> promise.handle(done)));
    return promise.future();
  }

  /**
   * All lanes are there and the node has begun to learn of the others; runners are dialled as soon
   * as every member has said what it is.
   *
   * @param present members of the cluster now
   */
  void begin(Vertx vertx, List<HostLane> hostLanes, IntSupplier present) {
    List<WorkerLane> all = new ArrayList<>();
    hostLanes.forEach(lane -> all.add(new WorkerLane(lane.lane(), lane.port())));
    long files = OpenFiles.limit();
    int most = (int) Math.min(Integer.MAX_VALUE, files - files / PART_FOR_OTHERS);
    workers = new RunnerWorkers(all, most);
    checkFiles(pools, all.size(), most);
    context.runOnContext(v -> new Beginning(vertx, present).listen());
  }

  private static void checkFiles(Map<String, PoolRunners> named, int lanes, int most) {
    long wanted = named.values().stream().mapToLong(pool -> pool.runners().size()).sum() * lanes;
    if (wanted > most) {
      LOG.warn(
          "The runners of all pools may need {} connections, and the open files of this process"
              + " allow {}: raise ulimit -n",
          wanted,
          most);
    }
  }

  /** Closes what dials, after the runners. */
  Future<Void> stop() {
    RunnerWorkers made = workers;
    return made == null ? Future.succeededFuture() : made.close();
  }

  /** The configuration was read again. Any thread. */
  void replace(Config config) {
    Map<String, PoolRunners> next = RunnerPools.of(config, pools);
    pools = next;
    context.runOnContext(v -> member.replace(next));
  }

  /** Waits for the last member's word, once. */
  private final class Beginning implements Members.Listener {
    private final Vertx vertx;
    private final IntSupplier present;
    private Members.Registration registration;
    private long timer;
    private boolean begun;

    private Beginning(Vertx vertx, IntSupplier present) {
      this.vertx = vertx;
      this.present = present;
    }

    void listen() {
      timer =
          vertx.setTimer(
              PATIENCE,
              t -> {
                LOG.warn("runners are dialled although some member has not said what it is");
                begin();
              });
      registration = members.listen(this);
      look();
    }

    @Override
    public void changed(NodeInfo node) {
      look();
    }

    @Override
    public void left(NodeInfo node) {
      look();
    }

    private void look() {
      if (!begun && members.nodes().size() >= present.getAsInt()) {
        begin();
      }
    }

    private void begin() {
      if (!begun) {
        begun = true;
        vertx.cancelTimer(timer);
        // Never before the registration is known here: listeners are told in later turns.
        registration.close();
        member.begin();
      }
    }
  }
}
