package io.busbar.testing;

import io.busbar.bus.BusOptions;
import io.busbar.bus.BusReader;
import io.busbar.bus.BusWriter;
import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.Service;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Item;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.time.Duration;
import java.util.function.Function;

/** A lane with an identity and ids, and no bus: what a test needs of one, it overrides. */
public class BareLane implements Lane {
  private final Context context;
  private final Endpoint endpoint;
  private final NodeIdentity node;
  private long ids;

  public BareLane(Context context, NodeIdentity node, int index) {
    this.context = context;
    this.node = node;
    this.endpoint = new Endpoint(node.id(), index);
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public NodeIdentity node() {
    return node;
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public BusOptions options() {
    return BusOptions.DEFAULTS;
  }

  @Override
  public CallId nextId() {
    return CallId.of(node.incarnation(), endpoint.lane(), ++ids);
  }

  private static UnsupportedOperationException noBus() {
    return new UnsupportedOperationException("a bare lane has no bus");
  }

  @Override
  public void send(Endpoint to, Item item) {
    throw noBus();
  }

  @Override
  public void handle(Item.BodyCase kind, ItemHandler handler) {
    throw noBus();
  }

  @Override
  public BusWriter openWriter(StreamSpec spec) {
    throw noBus();
  }

  @Override
  public BusReader openReader(StreamSpec spec) {
    throw noBus();
  }

  @Override
  public long firstLimit(long wanted) {
    return wanted;
  }

  @Override
  public <Q, R> Future<R> ask(Endpoint to, Service<Q, R> service, Q question, Duration timeout) {
    throw noBus();
  }

  @Override
  public <Q> void tell(Endpoint to, Service<Q, ?> service, Q message) {
    throw noBus();
  }

  @Override
  public <Q, R> void serve(Service<Q, R> service, Function<Q, Future<R>> answer) {
    throw noBus();
  }

  @Override
  public void peerLeft(String nodeId) {
    throw noBus();
  }

  @Override
  public void peerLeftHandler(Handler<String> listener) {
    throw noBus();
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
