package io.busbar.channel.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.ChannelAppend;
import io.busbar.bus.v1.ChannelAppended;
import io.busbar.bus.v1.ChannelQuery;
import io.busbar.bus.v1.ChannelSnapshot;
import io.busbar.bus.v1.ChannelState;
import io.busbar.bus.v1.Empty;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelServices;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sequencers of one lane, and the questions to them. */
final class LaneSequencers {
  private static final Logger LOG = LoggerFactory.getLogger(LaneSequencers.class);
  private static final long LONGEST_SWEEP_MILLIS = 60_000;

  private final ChannelNode node;
  private final Lane lane;
  private final Map<String, Sequencer> sequencers = new HashMap<>();
  private Lane.Timer sweep;

  LaneSequencers(ChannelNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
  }

  void start() {
    lane.serve(ChannelServices.APPEND, this::append);
    lane.serve(ChannelServices.STATE, this::state);
    lane.serve(ChannelServices.STORE, this::store);
    lane.serve(ChannelServices.SNAPSHOT, this::snapshot);
    if (node.sequences()) {
      lane.peerLeftHandler(gone -> peerLeft());
      armSweep();
    }
  }

  void stop() {
    if (sweep != null) {
      sweep.cancel();
    }
    Failure moved = Failure.of(FailureCode.MOVED, "the node stops");
    new ArrayList<>(sequencers.values()).forEach(sequencer -> sequencer.end(moved));
  }

  private void peerLeft() {
    new ArrayList<>(sequencers.values()).forEach(Sequencer::peerLeft);
  }

  /** That part of the cluster's memory was lost. */
  void lost(int part) {
    sequencers.forEach(
        (channel, sequencer) -> {
          if (node.rings().part(channel) == part) {
            sequencer.suspect();
          }
        });
  }

  // ---- questions ----

  private Future<Sequencer> sequencer(String channel, boolean create, ChannelQuery seen) {
    Failure refused = ChannelCatalog.refuses(channel);
    if (refused == null && !node.owns(channel)) {
      Sequencer former = sequencers.get(channel);
      refused =
          Failure.of(FailureCode.MOVED, "channel '" + channel + "' is sequenced on another node");
      if (former != null) {
        former.end(refused);
      }
    }
    if (refused != null) {
      return Future.failedFuture(refused.toException());
    }
    Sequencer[] made = new Sequencer[1];
    Sequencer known = sequencers.get(channel);
    if (known == null) {
      made[0] = new Sequencer(channel, node, lane, () -> sequencers.remove(channel, made[0]));
      known = made[0];
      sequencers.put(channel, known);
    }
    return known.open(create, seen.getSeenEpoch(), seen.getSeenOffset()).map(known);
  }

  private Future<ChannelAppended> append(ChannelAppend request) {
    ChannelAppend formed;
    try {
      formed = FormedAppend.of(request, node.catalog());
    } catch (FailureException refused) {
      return Future.failedFuture(refused);
    }
    return sequencer(request.getChannel(), true, ChannelQuery.getDefaultInstance())
        .compose(sequencer -> sequencer.append(formed));
  }

  private Future<ChannelState> state(ChannelQuery query) {
    return sequencer(query.getChannel(), query.getCreate(), query)
        .compose(
            sequencer -> {
              if (query.getMerged() && !sequencer.knows(query)) {
                LOG.warn("channel {}: another half of the cluster had frames", query.getChannel());
                return sequencer.anew().map(sequencer);
              }
              return verified(query, sequencer);
            })
        .map(Sequencer::state);
  }

  /** The sequencer, once it has looked at the ring if that is asked for. */
  private static Future<Sequencer> verified(ChannelQuery query, Sequencer sequencer) {
    return query.getVerify()
        ? sequencer.verify().map(sequencer)
        : Future.succeededFuture(sequencer);
  }

  /** This half of the cluster's rings are about to go: what their newest frames were. */
  List<ChannelQuery> giveUp() {
    Failure moved = Failure.of(FailureCode.MOVED, "this half of the cluster merges into another");
    List<ChannelQuery> seen = new ArrayList<>();
    for (Sequencer sequencer : new ArrayList<>(sequencers.values())) {
      seen.add(sequencer.seen());
      sequencer.end(moved);
    }
    return seen;
  }

  private Future<Empty> store(ChannelSnapshot snapshot) {
    return sequencer(snapshot.getChannel(), false, ChannelQuery.getDefaultInstance())
        .compose(sequencer -> sequencer.store(snapshot))
        .map(stored -> Empty.getDefaultInstance());
  }

  private Future<ChannelSnapshot> snapshot(ChannelQuery query) {
    return sequencer(query.getChannel(), query.getCreate(), query)
        .compose(sequencer -> verified(query, sequencer))
        .compose(Sequencer::snapshot);
  }

  // ---- idle channels ----

  private void armSweep() {
    long idle = node.catalog().standard().idleMillis();
    long pause = Math.max(100, Math.min(LONGEST_SWEEP_MILLIS, idle / 2));
    sweep = lane.timer(pause, this::sweep);
  }

  private void sweep() {
    armSweep();
    List<Sequencer> idle = new ArrayList<>();
    List<String> channels = new ArrayList<>();
    for (String channel : node.rings().held()) {
      LaneChannels home = node.home(channel);
      if (home == null || home.lane() != lane) {
        continue;
      }
      Sequencer sequencer = sequencers.get(channel);
      if (sequencer == null) {
        // From here on its time counts.
        sequencer(channel, false, ChannelQuery.getDefaultInstance())
            .onFailure(cause -> LOG.debug("channel {} was not taken over", channel, cause));
      } else if (sequencer.idleFor() > node.catalog().of(channel).idleMillis()) {
        idle.add(sequencer);
        channels.add(channel);
      }
    }
    if (!idle.isEmpty()) {
      new Census(node, lane)
          .take()
          .onSuccess(found -> remove(idle, channels, found))
          .onFailure(cause -> LOG.warn("idle channels were not looked for", cause));
    }
  }

  private void remove(List<Sequencer> idle, List<String> channels, Census.Found found) {
    for (int i = 0; i < idle.size(); i++) {
      String channel = channels.get(i);
      boolean stillIdle = idle.get(i).idleFor() > node.catalog().of(channel).idleMillis();
      if (stillIdle && found.subscribers(channel).isEmpty()) {
        LOG.info("channel {} is removed, nobody uses it", channel);
        idle.get(i)
            .remove()
            .onFailure(cause -> LOG.debug("channel {} was not removed", channel, cause));
      }
    }
  }
}
