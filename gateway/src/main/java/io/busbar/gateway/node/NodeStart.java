package io.busbar.gateway.node;

import com.hazelcast.core.HazelcastInstance;
import io.busbar.bus.LaneHost;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelClient;
import io.busbar.failure.Failure;
import io.busbar.gateway.cli.Version;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.Front;
import io.busbar.gateway.config.FrontSettings;
import io.busbar.gateway.management.ManagementOptions;
import io.busbar.gateway.management.ManagementServer;
import io.busbar.member.Membership;
import io.busbar.membership.Reachability;
import io.busbar.membership.Repair;
import io.busbar.metrics.ChannelMeters;
import io.busbar.metrics.OwnershipMeters;
import io.busbar.ownership.OwnershipClient;
import io.busbar.ownership.disk.OwnerDisk;
import io.busbar.ownership.impl.OwnershipNode;
import io.busbar.security.Access;
import io.busbar.security.ApiKeys;
import io.busbar.websocket.training.CountedForm;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The start of a node, step by step, on the calling thread. */
final class NodeStart {
  private static final Logger LOG = LoggerFactory.getLogger(NodeStart.class);

  private final Config config;
  private final Closers closers = new Closers();
  private final Ports ports = new Ports();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<LaneHost> lanes = new ArrayList<>();

  private NodeStart(Config config) {
    this.config = config;
  }

  static Node run(Config config) {
    NodeStart start = new NodeStart(config);
    try {
      return start.run();
    } catch (RuntimeException | Error e) {
      // Also after an Error, such as a class that a plugin lacks: else the process would stay.
      start.closers.close();
      throw e;
    }
  }

  private Node run() {
    closers.addBlocking("the data directory", DataDirectory.open(config.node().dataDir()));
    bindMeters();
    OwnerDisk owners = openOwners();
    NodePlugins plugins = NodePlugins.load(config.plugins());
    TlsPorts tls = TlsPorts.open(config, meters);
    closers.addBlocking("certificate files", tls);
    ChannelCatalog catalog = CountedForm.in(config.channels(), config.training().channel(), meters);
    NodeVertx cluster =
        NodeVertx.start(
            config.node(),
            config.cluster(),
            config.bus(),
            hazelcast ->
                config.cluster().told(config.ownership().configure(catalog.configure(hazelcast))),
            meters);
    closers.add("the cluster", () -> cluster.vertx().close());
    HazelcastInstance hazelcast = cluster.manager().getHazelcastInstance();
    ports.set(
        "cluster",
        hazelcast.getCluster().getLocalMember().getAddress().getHost(),
        hazelcast.getCluster().getLocalMember().getAddress().getPort());
    ports.set(
        "bus", cluster.manager().getNodeInfo().host(), cluster.manager().getNodeInfo().port());
    NodeIdentity identity =
        new NodeIdentity(
            cluster.manager().getNodeId(),
            config.node().name(),
            ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    Membership membership = join(cluster, identity);
    OwnershipNode ownership = openOwnership(cluster, membership, owners);
    ClusterMeters.bind(membership.size(), meters);
    Repair repair = new Repair(cluster.manager()::repair, meters);
    cluster.manager().onLoss(repair::request);
    closers.add("the audit", () -> stop(repair));
    Reachability reachability = new Reachability(membership);
    Readiness readiness =
        new Readiness(
            membership, membership::unheard, reachability, !config.cluster().join().isEmpty());
    reachability.onChange(readiness::publish);
    Access access = ApiKeys.of(config.security().apiKeys());
    LanePlan plan =
        new LanePlan(
            config,
            cluster.lanes(),
            identity,
            membership,
            reachability,
            repair,
            meters,
            access,
            tls,
            ChannelClient.openNode(
                cluster.vertx(), hazelcast, membership, catalog, new ChannelMeters(meters)),
            ownership);
    closers.add("connections to runners", () -> plan.dialled().stop());
    deploy(cluster, plan);
    plan.ports(ports);
    plugins.start(cluster.vertx(), plan.hostLanes(), config.pluginHost(), meters);
    closers.add("plugins", plugins::stop);
    openManagement(cluster, readiness, membership, access, tls);
    Node node =
        new Node(
            new Node.NodeParts(
                cluster, membership, readiness, lanes, plugins, ownership, ports, closers, plan),
            config);
    plan.onMustEnd(node::endToStartAnew);
    announce(cluster, membership, readiness, node);
    plan.dialled()
        .begin(cluster.vertx(), plan.hostLanes(), () -> cluster.manager().getNodes().size());
    return node;
  }

  private void bindMeters() {
    meters.config().commonTags("node", config.node().name()).meterFilter(new MeterHelp());
    new JvmMemoryMetrics().bindTo(meters);
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(meters);
    closers.addBlocking("meters", gc);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    new FileDescriptorMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
  }

  private Membership join(NodeVertx cluster, NodeIdentity identity) {
    NodeInfo self =
        NodeInfo.newBuilder()
            .setNodeId(identity.id())
            .setName(identity.name())
            .setIncarnation(identity.incarnation())
            .setLanes(cluster.lanes())
            .setGateway(true)
            .setVersion(Version.current())
            .setStartedAt(System.currentTimeMillis())
            .build();
    Membership membership =
        Await.result(
            Membership.start(cluster.vertx(), cluster.manager().getHazelcastInstance(), self),
            cause -> new StartFailure(Failure.of(cause).detail(), cause));
    closers.add(
        "membership",
        () -> {
          membership.stop();
          return Future.succeededFuture();
        });
    return membership;
  }

  /** Closed last: what the cluster decides until its end is still kept. Null = none. */
  private OwnerDisk openOwners() {
    if (!config.durableOwners()) {
      return null;
    }
    try {
      OwnerDisk owners = OwnerDisk.open(config.node().dataDir().resolve("owners.log"));
      closers.addBlocking("the file of owners", owners);
      return owners;
    } catch (UncheckedIOException e) {
      throw new StartFailure("node.data-dir: " + e.getMessage() + ": " + e.getCause(), e);
    }
  }

  private OwnershipNode openOwnership(NodeVertx cluster, Membership membership, OwnerDisk owners) {
    OwnershipMeters ownershipMeters = new OwnershipMeters(meters);
    OwnershipNode ownership =
        OwnershipClient.openNode(
            cluster.vertx(),
            cluster.manager().getHazelcastInstance(),
            membership,
            config.ownership(),
            ownershipMeters,
            System::currentTimeMillis,
            owners);
    ownershipMeters.bind(ownership);
    if (owners != null) {
      ownershipMeters.bind(owners);
    }
    return ownership;
  }

  private static Future<?> stop(Repair repair) {
    repair.stop();
    return Future.succeededFuture();
  }

  private void deploy(NodeVertx cluster, LanePlan plan) {
    List<Deployable> hosts = new ArrayList<>();
    for (int i = 0; i < cluster.lanes(); i++) {
      int index = i;
      LaneHost host = new LaneHost(context -> plan.open(context, index), plan::members);
      lanes.add(host);
      hosts.add(host);
    }
    Iterator<Deployable> next = hosts.iterator();
    String id =
        Await.result(
            cluster
                .vertx()
                .deployVerticle(next::next, new DeploymentOptions().setInstances(cluster.lanes())),
            cause -> new StartFailure("lanes did not start: " + Failure.of(cause).detail(), cause));
    closers.add("lanes", () -> cluster.vertx().undeploy(id));
  }

  private void openManagement(
      NodeVertx cluster, Readiness readiness, Membership members, Access access, TlsPorts tls) {
    FrontSettings settings = config.front(Front.MANAGEMENT);
    if (!settings.enabled()) {
      return;
    }
    ManagementServer server =
        new ManagementServer(
            cluster.vertx(),
            new ManagementOptions(
                settings.host(),
                settings.port(),
                settings.limits().maxConnections(),
                settings.limits().maxHeaderBytes(),
                settings.limits().maxBody(),
                settings.limits().idleTimeout()),
            tls.port(Front.MANAGEMENT),
            new NodeReport(cluster.vertx(), lanes, readiness, members, meters),
            access);
    int port =
        Await.result(
            server.start(),
            cause ->
                StartFailure.listen(
                    "management.host", settings.host(), "management.port", settings.port(), cause));
    closers.add("management", server::stop);
    ports.set("management", settings.host(), port);
  }

  /** From here on the other nodes know this one and send it calls. */
  private void announce(NodeVertx cluster, Membership membership, Readiness readiness, Node node) {
    membership.update(self -> self.toBuilder().putAllAddresses(ports.open()).build());
    membership.onRefused(
        reason -> {
          LOG.error("{}", reason);
          readiness.refused(reason);
          readiness.publish();
        });
    Promise<Void> announced = Promise.promise();
    LaneHost first = lanes.get(0);
    first
        .lane()
        .context()
        .runOnContext(
            v ->
                new DrainService(node::beginDrain)
                    .start(first.lane())
                    .compose(served -> membership.exchange().start(first.lane()))
                    .<Void>mapEmpty()
                    .onComplete(announced));
    Await.result(
        announced.future(),
        cause -> new StartFailure("the node could not announce itself: " + cause, cause));
    closers.add("the announcement", () -> membership.exchange().stop());
    readiness.started();
    readiness.publish();
    cluster
        .vertx()
        .setTimer(
            config.cluster().joinTimeout().toMillis(),
            t -> {
              if (!readiness.reasons().isEmpty()) {
                LOG.warn("not ready: {}", String.join("; ", readiness.reasons()));
              }
            });
  }
}
