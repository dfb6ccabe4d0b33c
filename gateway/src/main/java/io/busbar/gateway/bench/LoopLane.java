package io.busbar.gateway.bench;

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

/** An event loop for a front side to run on, with no bus: whatever needs one is refused. */
final class LoopLane implements Lane {
  private final Context context;
  private final int index;
  private final NodeIdentity node = new NodeIdentity("direct", "direct", 1);
  private long ids;

  LoopLane(Context context, int index) {
    this.context = context;
    this.index = index;
  }

  @Override
  public Endpoint endpoint() {
    return new Endpoint(node.id(), index);
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
    return CallId.of(node.incarnation(), index, ids++);
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
    throw noBus();
  }

  @Override
  public <Q, R> Future<R> ask(Endpoint to, Service<Q, R> service, Q question, Duration timeout) {
    return Future.failedFuture(noBus());
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
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  @Override
  public void peerLeftHandler(Handler<String> listener) {
    throw noBus();
  }

  private static UnsupportedOperationException noBus() {
    return new UnsupportedOperationException("this server has no bus");
  }
}
