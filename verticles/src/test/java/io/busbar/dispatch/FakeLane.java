package io.busbar.dispatch;

import io.busbar.bus.Endpoint;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.Service;
import io.busbar.bus.v1.Item;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.BareLane;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A lane of a {@link FakeNet}: items, timers and questions, no streams. */
public final class FakeLane extends BareLane {
  private final FakeNet net;
  private final Map<Item.BodyCase, ItemHandler> handlers = new EnumMap<>(Item.BodyCase.class);
  private final Map<String, Function<Object, Future<?>>> services = new HashMap<>();
  private final List<Handler<String>> peerLeft = new ArrayList<>();

  FakeLane(FakeNet net, Endpoint endpoint) {
    super(
        null,
        new NodeIdentity(endpoint.node(), endpoint.node(), endpoint.node().hashCode()),
        endpoint.lane());
    this.net = net;
  }

  void deliver(Endpoint from, Item item) {
    ItemHandler handler = handlers.get(item.getBodyCase());
    if (handler != null) {
      handler.handle(from, item);
    }
  }

  @Override
  public Context context() {
    throw new UnsupportedOperationException("a fake lane has no event loop");
  }

  @Override
  public void send(Endpoint to, Item item) {
    net.send(endpoint(), to, item);
  }

  @Override
  public void handle(Item.BodyCase kind, ItemHandler handler) {
    if (kind == Item.BodyCase.FRAME && handlers.containsKey(kind)) {
      // On a real lane streams find their ends by direction.
      ItemHandler first = handlers.get(kind);
      handlers.put(
          kind,
          (from, item) -> {
            first.handle(from, item);
            handler.handle(from, item);
          });
    } else if (handlers.putIfAbsent(kind, handler) != null) {
      throw new IllegalStateException("second handler for " + kind);
    }
  }

  @Override
  public <Q, R> Future<R> ask(Endpoint to, Service<Q, R> service, Q question, Duration timeout) {
    long there = net.way();
    if (there < 0) {
      return asked(to, service, question);
    }
    Promise<R> promise = Promise.promise();
    net.at(
        net.now() + there,
        () ->
            asked(to, service, question)
                .onComplete(
                    done -> {
                      R answer = done.succeeded() ? done.result() : null;
                      net.at(
                          net.now() + net.way(),
                          () -> {
                            if (done.succeeded()) {
                              promise.complete(answer);
                            } else {
                              promise.fail(done.cause());
                            }
                          });
                    }));
    return promise.future();
  }

  @SuppressWarnings("unchecked")
  private <Q, R> Future<R> asked(Endpoint to, Service<Q, R> service, Q question) {
    Function<Object, Future<?>> answer =
        net.lane(to.node(), to.lane()).services.get(service.name());
    if (answer == null) {
      return Future.failedFuture(
          Failure.of(FailureCode.NOT_IMPLEMENTED, service.name()).toException());
    }
    return (Future<R>) answer.apply(question);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <Q, R> void serve(Service<Q, R> service, Function<Q, Future<R>> answer) {
    services.put(service.name(), question -> answer.apply((Q) question));
  }

  @Override
  public void peerLeft(String nodeId) {
    peerLeft.forEach(listener -> listener.handle(nodeId));
  }

  @Override
  public void peerLeftHandler(Handler<String> listener) {
    peerLeft.add(listener);
  }

  @Override
  public long now() {
    return net.now();
  }

  @Override
  public Timer timer(long delay, Runnable action) {
    Runnable off = net.at(net.now() + Math.max(1, delay), action);
    return off::run;
  }

  @Override
  public Future<Void> close() {
    handlers.clear();
    return Future.succeededFuture();
  }
}
