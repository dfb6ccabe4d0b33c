package io.busbar.testing;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.CallClient;
import io.busbar.call.Calls;
import io.busbar.channel.Append;
import io.busbar.channel.Appended;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelMember;
import io.busbar.channel.ChannelOptions;
import io.busbar.command.CommandHandler;
import io.busbar.command.Commands;
import io.busbar.command.ServeOptions;
import io.busbar.edge.HttpOptions;
import io.busbar.edge.WebSocketDoor;
import io.busbar.edge.WebSocketLimit;
import io.busbar.http.HttpFront;
import io.busbar.http.HttpFronts;
import io.busbar.http.LaneClients;
import io.busbar.http.WorkerDirectory;
import io.busbar.juniper.training.TrainingForm;
import io.busbar.registry.PoolSummary;
import io.busbar.security.Access;
import io.busbar.websocket.WorkersLane;
import io.busbar.websocket.WorkersNode;
import io.busbar.websocket.WorkersOptions;
import io.busbar.websocket.control.ControlLane;
import io.busbar.websocket.control.ControlNode;
import io.busbar.websocket.control.ControlOptions;
import io.busbar.websocket.training.CountedForm;
import io.busbar.websocket.training.TrainingLane;
import io.busbar.websocket.training.TrainingNode;
import io.busbar.websocket.training.TrainingOptions;
import io.busbar.worker.WorkerPorts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A real cluster member with one lane, an HTTP port, and the training and control endpoints. */
public final class JuniperNode {
  public final SimpleMeterRegistry meters;
  private final ChannelMember member;
  private final String channel;
  private HttpFront front;
  private TrainingLane training;
  private ControlLane control;
  private WorkersLane workers;

  private JuniperNode(SimpleMeterRegistry meters, ChannelMember member, String channel) {
    this.meters = meters;
    this.member = member;
    this.channel = channel;
  }

  /** What channels of such nodes are. */
  public static ChannelCatalog catalog(TrainingOptions options) {
    return ChannelCatalog.DEFAULTS.with(
        options.channel(),
        ChannelOptions.DEFAULTS.withCapacity(Math.max(1, options.replay())),
        TrainingForm.of(options.text().most(), options.text().chunk()));
  }

  public static JuniperNode start(
      ClusterNodes cluster, String name, TrainingOptions training, ControlOptions control)
      throws Exception {
    return start(cluster, name, training, control, 200);
  }

  public static JuniperNode start(
      ClusterNodes cluster,
      String name,
      TrainingOptions training,
      ControlOptions control,
      int sockets)
      throws Exception {
    return start(cluster, name, training, control, sockets, catalog(training));
  }

  public static JuniperNode start(
      ClusterNodes cluster,
      String name,
      TrainingOptions training,
      ControlOptions control,
      int sockets,
      ChannelCatalog catalog)
      throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    ChannelCatalog counted = CountedForm.in(catalog, training.channel(), meters);
    JuniperNode node =
        new JuniperNode(meters, ChannelMember.start(cluster, name, counted), training.channel());
    node.member.get(() -> node.open(training, control, sockets));
    return node;
  }

  private Future<?> opened(Future<?> future) {
    return future;
  }

  private <T> Future<T> open(TrainingOptions trainingOptions, ControlOptions controls, int most) {
    Lane lane = member.lane();
    training = new TrainingNode(trainingOptions, meters).lane(lane, member.channels());
    control = new ControlNode(controls, meters).lane(lane, member.commands());
    workers = new WorkersNode(WorkersOptions.DEFAULTS, meters).lane(lane, WorkerPorts.open(lane));
    HttpFronts fronts =
        new HttpFronts(
            HttpOptions.defaults().withAddress("127.0.0.1", 0),
            UnaryOperator.identity(),
            member.members(),
            new Nobody(),
            Access.OPEN,
            meters);
    Calls calls = CallClient.open(lane, lane::endpoint, member.members());
    front =
        fronts.front(
            same -> new LaneClients(calls, member.channels(), member.commands(), null),
            new WebSocketDoor(
                new WebSocketLimit(most, meters), List.of(training, control, workers)));
    return opened(front.start(lane))
        .compose(v -> training.start(lane))
        .compose(v -> control.start(lane))
        .compose(v -> workers.start(lane))
        .mapEmpty();
  }

  private static final class Nobody implements WorkerDirectory {
    @Override
    public List<WorkerInfo> workers() {
      return List.of();
    }

    @Override
    public Optional<WorkerInfo> worker(String id) {
      return Optional.empty();
    }

    @Override
    public List<PoolSummary> pools() {
      return List.of();
    }
  }

  public URI training() {
    return socket(TrainingLane.PATH);
  }

  public URI control() {
    return socket(ControlLane.PATH);
  }

  public URI socket(String path) {
    return URI.create("ws://127.0.0.1:" + front.port() + path);
  }

  public URI http(String path) {
    return URI.create("http://127.0.0.1:" + front.port() + path);
  }

  public ChannelMember member() {
    return member;
  }

  /** Publishes a message on the training channel. */
  public Appended publish(String json) throws Exception {
    return member.get(() -> member.channels().append(Append.json(channel, Buffer.buffer(json))));
  }

  /** Publishes messages in one append. */
  public Appended publish(List<String> messages) throws Exception {
    List<Append.Content> contents =
        messages.stream()
            .map(json -> new Append.Content(Buffer.buffer(json), "application/json", ""))
            .toList();
    return member.get(() -> member.channels().append(new Append(channel, contents, "", null)));
  }

  /** Publishes a row of metrics. */
  public Appended metrics(int epoch) throws Exception {
    return publish("{\"type\":\"metrics\",\"data\":{\"epoch\":" + epoch + "}}");
  }

  public Commands.Registration serve(String target, CommandHandler handler) throws Exception {
    return member.get(() -> member.commands().serve(target, ServeOptions.concurrent(100), handler));
  }

  public double count(String meter, String... tags) {
    return meters.get(meter).tags(tags).counter().count();
  }

  public double gauge(String meter, String... tags) {
    return meters.get(meter).tags(tags).gauge().value();
  }

  /** As an operator drains it. */
  public void drain() throws Exception {
    member.get(() -> Future.join(training.drain(), control.drain()).mapEmpty());
  }

  public void stop() throws Exception {
    member.get(
        () ->
            Future.join(training.stop(), control.stop(), workers.stop())
                .compose(v -> opened(front.stop()))
                .mapEmpty());
  }

  /** Leaves the cluster after {@link #stop}. */
  public void leave() throws Exception {
    member.leave();
  }

  /** Goes without a word; others must be there. */
  public void kill() throws Exception {
    member.kill();
  }
}
