package io.busbar.channel.impl;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.ChannelNames;
import io.busbar.bus.v1.ChannelSeen;
import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.channel.ChannelServices;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which channels there are in the cluster, and who follows them. On one lane. */
final class Census {
  private static final Logger LOG = LoggerFactory.getLogger(Census.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ChannelNode node;
  private final Lane lane;

  Census(ChannelNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
  }

  /**
   * What the nodes say.
   *
   * @param subscribers by channel, then by name of the node
   */
  record Found(TreeSet<String> channels, Map<String, Map<String, Long>> subscribers) {
    Map<String, Long> subscribers(String channel) {
      return subscribers.getOrDefault(channel, Map.of());
    }

    private void add(String nodeName, ChannelNames names) {
      for (ChannelSeen one : names.getChannelsList()) {
        channels.add(one.getChannel());
        if (one.getSubscribers() > 0) {
          subscribers
              .computeIfAbsent(one.getChannel(), c -> new LinkedHashMap<>())
              .put(nodeName, one.getSubscribers());
        }
      }
    }
  }

  /** Nodes that do not answer are left out. */
  Future<Found> take() {
    Found found = new Found(new TreeSet<>(), new LinkedHashMap<>());
    found.add(lane.node().name(), own(node));
    List<Future<?>> answers = new ArrayList<>();
    for (NodeInfo other : node.others()) {
      answers.add(
          lane.ask(
                  new Endpoint(other.getNodeId(), 0),
                  ChannelServices.NAMES,
                  Empty.getDefaultInstance(),
                  PATIENCE)
              .onSuccess(names -> found.add(other.getName(), names))
              .otherwise(
                  cause -> {
                    LOG.debug("{} does not say which channels it has", other.getName(), cause);
                    return null;
                  }));
    }
    return Future.join(answers).map(found);
  }

  static ChannelNames own(ChannelNode node) {
    Map<String, ChannelSeen> all = new LinkedHashMap<>();
    if (node.sequences()) {
      for (String held : node.rings().held()) {
        all.put(held, ChannelSeen.newBuilder().setChannel(held).build());
      }
    }
    node.shown().forEach(shown -> all.put(shown.getChannel(), shown));
    return ChannelNames.newBuilder().addAllChannels(all.values()).build();
  }

  /** Fails when one more would be too many. */
  Future<Void> admits(String channel) {
    return take()
        .compose(
            found -> {
              found.channels().remove(channel);
              int most = node.catalog().max();
              return found.channels().size() < most
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      Failure.of(
                              FailureCode.TOO_MANY_REQUESTS,
                              "there are "
                                  + found.channels().size()
                                  + " channels, channels.max is "
                                  + most)
                          .toException());
            });
  }
}
