package io.busbar.member;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.MemberChanged;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other nodes what this one is, and asks those that have not said it. A change is
 * published; what a node missed (it joined a moment later, or the message was lost) it gets by
 * asking, which it does for each newcomer, and which the audit repeats.
 */
final class NodeExchange implements LaneMember {
  private static final Logger LOG = LoggerFactory.getLogger(NodeExchange.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * Pause after an answer that is no use, such as "no such service" of a node that still starts.
   */
  private static final long AGAIN_MILLIS = 200;

  private final Vertx vertx;
  private final Membership membership;
  private final Set<String> asking = new HashSet<>();
  private final Set<String> warned = new HashSet<>();
  private volatile Lane lane;
  private MessageConsumer<MemberChanged> consumer;

  NodeExchange(Vertx vertx, Membership membership) {
    this.vertx = vertx;
    this.membership = membership;
  }

  @Override
  public Future<?> start(Lane on) {
    on.serve(
        NodeServices.INFO,
        asker -> {
          membership.learned(asker);
          return Future.succeededFuture(membership.self());
        });
    BusCodec.register(vertx);
    consumer = vertx.eventBus().consumer(Addresses.MEMBERS);
    consumer.handler(message -> heard(BusCodec.body(message, MemberChanged.class)));
    return consumer
        .completion()
        .onSuccess(
            v -> {
              lane = on;
              publish(membership.self());
              askUnknown();
            });
  }

  @Override
  public Future<?> stop() {
    lane = null;
    return consumer == null ? Future.succeededFuture() : consumer.unregister();
  }

  /** Any thread; does nothing before the start, which does it. */
  void publish(NodeInfo self) {
    if (lane != null) {
      MemberChanged changed = MemberChanged.newBuilder().setNode(self).build();
      vertx.eventBus().publish(Addresses.MEMBERS, changed, BusCodec.options());
    }
  }

  /** Any thread. */
  void askUnknown() {
    Lane here = lane;
    if (here != null) {
      here.context().runOnContext(v -> membership.unknown().forEach(this::ask));
    }
  }

  private void heard(MemberChanged change) {
    if (change == null) {
      LOG.warn("a message on {} could not be read", Addresses.MEMBERS);
      return;
    }
    membership.learned(change.getNode());
  }

  private void ask(String nodeId) {
    Lane here = lane;
    if (here == null || !asking.add(nodeId)) {
      return;
    }
    here.ask(new Endpoint(nodeId, 0), NodeServices.INFO, membership.self(), PATIENCE)
        .onComplete(
            answer -> {
              asking.remove(nodeId);
              if (answer.succeeded()) {
                warned.remove(nodeId);
                membership.learned(answer.result());
              } else if (membership.unknown().contains(nodeId)) {
                warn(nodeId, answer.cause());
                vertx.setTimer(AGAIN_MILLIS, t -> askUnknown());
              }
            });
  }

  /** Once per node: a silent member is a matter for people, who may have to look at both nodes. */
  private void warn(String nodeId, Throwable cause) {
    boolean silent = Failure.of(cause).code() == FailureCode.DEADLINE_EXCEEDED;
    if (silent && warned.add(nodeId)) {
      LOG.warn(
          "member {} of the cluster does not answer on the event bus; bus.host, bus.public-host,"
              + " bus.public-port and bus.tls.* must fit on both sides",
          membership.nameOf(nodeId));
    } else {
      LOG.debug("node {} has not said what it is", nodeId, cause);
    }
  }
}
