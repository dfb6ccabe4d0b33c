package io.busbar.bus;

import io.busbar.bus.v1.Accept;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.testing.ChildJvm;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import java.nio.ByteBuffer;

/**
 * The far side of stream tests: takes an Offer whose pool says what to do with the request, echo
 * it, count it and answer at its end, or never read it. Runs in the test's process or in one of its
 * own.
 */
final class EchoPeer {
  private EchoPeer() {}

  /** Takes offers on that lane from now on. */
  static void serve(Lane lane) throws Exception {
    ClusterNodes.on(
        lane,
        () -> {
          lane.handle(Item.BodyCase.OFFER, (from, item) -> take(lane, from, item.getOffer()));
          return null;
        });
  }

  private static void take(Lane lane, Endpoint from, Offer offer) {
    CallId id = CallId.fromWire(offer.getId());
    int attempt = offer.getAttempt();
    long limit = lane.firstLimit(lane.options().streamWindow());
    BusReader request =
        lane.openReader(new StreamSpec(id, attempt, Direction.REQUEST, from, limit, 0));
    BusWriter response =
        lane.openWriter(
            new StreamSpec(id, attempt, Direction.RESPONSE, from, offer.getResponseLimit(), 0));
    response.exceptionHandler(broken -> {});
    request.exceptionHandler(broken -> {});
    switch (offer.getPool()) {
      case "echo" -> echo(request, response);
      case "count" -> count(request, response);
      case "stall" -> request.pause();
      default -> throw new IllegalArgumentException(offer.getPool());
    }
    lane.send(
        from,
        Item.newBuilder()
            .setAccept(
                Accept.newBuilder().setId(offer.getId()).setAttempt(attempt).setRequestLimit(limit))
            .build());
  }

  private static void echo(BusReader request, BusWriter response) {
    response.head(ResponseHead.newBuilder().setStatus(200).build());
    request.handler(
        piece -> {
          response.write(piece);
          if (response.writeQueueFull()) {
            request.pause();
            response.drainHandler(v -> request.resume());
          }
        });
    request.outcomeHandler(response::end);
    request.resume();
  }

  private static void count(BusReader request, BusWriter response) {
    request.handler(piece -> {});
    request.outcomeHandler(
        outcome -> {
          byte[] counted = ByteBuffer.allocate(8).putLong(request.bytesDelivered()).array();
          response.write(Buffer.buffer(counted));
          response.end(Outcome.getDefaultInstance());
        });
    request.resume();
  }

  /** Arguments: cluster name, address to join. */
  public static void main(String[] args) throws Exception {
    ChildJvm.main(
        () -> {
          ClusterNodes cluster = ClusterNodes.joining(args[0], args[1]);
          ClusterNodes.Node node =
              cluster.start(
                  "child", BusOptions.DEFAULTS, busOptions(args.length > 2 ? args[2] : ""));
          serve(node.lane(0));
          return node.identity().id();
        });
  }

  /** {@code listen,public}: ports of the event bus, when a proxy stands before it. */
  private static EventBusOptions busOptions(String ports) {
    EventBusOptions bus = new EventBusOptions();
    if (!ports.isEmpty()) {
      String[] both = ports.split(",", 2);
      bus.setPort(Integer.parseInt(both[0]));
      bus.setClusterPublicHost("127.0.0.1").setClusterPublicPort(Integer.parseInt(both[1]));
    }
    return bus;
  }
}
