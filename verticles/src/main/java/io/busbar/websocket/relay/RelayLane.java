package io.busbar.websocket.relay;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.channel.Channels;
import io.busbar.command.Commands;
import io.busbar.member.Members;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.Comparator;

/**
 * Holds the relay while this node is the oldest gateway node that does not drain; so one node has
 * it, and when that is lost the next oldest takes over. For a moment two may have it, which costs
 * the trainer a connection and the channel nothing: a message that both append is there once.
 */
public final class RelayLane implements LaneMember {
  /** A node that has just joined does not know the others yet. */
  private static final long SETTLE_MILLIS = 500;

  private static final Comparator<NodeInfo> OLDEST =
      Comparator.comparingLong(NodeInfo::getStartedAt).thenComparing(NodeInfo::getNodeId);

  private final RelayOptions options;
  private final Lane lane;
  private final Members members;
  private final Channels channels;
  private final Commands commands;
  private final RelayMeters meters;
  private Members.Registration registration;
  private Lane.Timer settling;
  private Relay relay;
  private boolean draining;

  public RelayLane(
      RelayOptions options,
      Lane lane,
      Members members,
      Channels channels,
      Commands commands,
      MeterRegistry registry) {
    this.options = options;
    this.lane = lane;
    this.members = members;
    this.channels = channels;
    this.commands = commands;
    this.meters = new RelayMeters(registry);
  }

  @Override
  public Future<?> start(Lane same) {
    registration =
        members.listen(
            new Members.Listener() {
              @Override
              public void changed(NodeInfo node) {
                decide();
              }

              @Override
              public void left(NodeInfo node) {
                decide();
              }
            });
    return Future.succeededFuture();
  }

  private boolean leads() {
    String self = members.self().getNodeId();
    return !draining
        && members.nodes().stream()
            .filter(node -> node.getGateway() && !node.getDraining())
            .min(OLDEST)
            .filter(oldest -> oldest.getNodeId().equals(self))
            .isPresent();
  }

  private void decide() {
    boolean leads = leads();
    if (!leads && settling != null) {
      settling.cancel();
      settling = null;
    }
    if (leads && relay == null && settling == null) {
      settling =
          lane.timer(
              SETTLE_MILLIS,
              () -> {
                settling = null;
                relay = new Relay(options, lane, channels, commands, meters);
                relay.start();
              });
    } else if (!leads && relay != null) {
      end();
    }
  }

  private Future<?> end() {
    if (settling != null) {
      settling.cancel();
      settling = null;
    }
    Relay old = relay;
    relay = null;
    return old == null ? Future.succeededFuture() : old.stop();
  }

  /** The next oldest takes over. */
  @Override
  public Future<?> drain() {
    draining = true;
    return end();
  }

  @Override
  public Future<?> stop() {
    draining = true;
    registration.close();
    return end();
  }
}
