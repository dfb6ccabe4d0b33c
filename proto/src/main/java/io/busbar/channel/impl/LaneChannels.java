package io.busbar.channel.impl;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.ChannelAppend;
import io.busbar.bus.v1.ChannelQuery;
import io.busbar.bus.v1.ChannelSnapshot;
import io.busbar.bus.v1.ChannelState;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.Append;
import io.busbar.channel.Appended;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelInfo;
import io.busbar.channel.ChannelServices;
import io.busbar.channel.Channels;
import io.busbar.channel.Page;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.channel.Subscription;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The channel primitive on one lane: its client API, and its share of the node's machinery. */
public final class LaneChannels implements Channels, LaneMember {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long LINGER_MILLIS = 10_000;

  private final ChannelNode node;
  private final Lane lane;
  private final SequencerLink link;
  private final LaneSequencers sequencers;
  private final MergeWitness witness;
  private final Map<String, Relay> relays = new HashMap<>();
  private final Map<String, LaneFeed> feeds = new HashMap<>();
  private boolean closed;

  public LaneChannels(ChannelNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
    this.link = new SequencerLink(node, lane);
    this.sequencers = new LaneSequencers(node, lane);
    this.witness = new MergeWitness(lane, link);
  }

  Lane lane() {
    return lane;
  }

  @Override
  public Future<?> start(Lane same) {
    sequencers.start();
    lane.serve(
        ChannelServices.SEEN, query -> Future.succeededFuture(node.shown(query.getChannel())));
    if (lane.endpoint().lane() == 0) {
      lane.serve(ChannelServices.NAMES, asked -> Future.succeededFuture(Census.own(node)));
    }
    node.opened(this);
    return Future.succeededFuture();
  }

  /** Followers are told to come back elsewhere. */
  @Override
  public Future<?> drain() {
    endCursors(Failure.of(FailureCode.DRAINING, "the node stops"));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    closed = true;
    node.closed(this);
    endCursors(Failure.of(FailureCode.DRAINING, "the node stops"));
    sequencers.stop();
    List<Future<?>> ends = new ArrayList<>();
    relays.values().forEach(relay -> ends.add(relay.close()));
    relays.clear();
    return Future.join(ends);
  }

  private void endCursors(Failure reason) {
    for (LaneFeed feed : new ArrayList<>(feeds.values())) {
      feed.cursors().forEach(cursor -> cursor.end(reason));
    }
  }

  void lost(int part) {
    sequencers.lost(part);
    relays.forEach(
        (channel, relay) -> {
          if (node.rings().part(channel) == part) {
            relay.suspect();
          }
        });
  }

  void mergeBegins() {
    relays.values().forEach(relay -> witness.remember(relay.seen()));
    sequencers.giveUp().forEach(witness::remember);
  }

  void mergeEnded() {
    witness.testify();
  }

  // ---- relays of this node that live here ----

  void feed(String channel, LaneFeed feed, int subscribers) {
    Relay relay = relays.get(channel);
    if (relay == null && !closed) {
      relay = new Relay(channel, node, lane);
      relays.put(channel, relay);
      relay.open();
    }
    if (relay != null) {
      relay.feed(feed, subscribers);
    }
  }

  void unfeed(String channel, LaneFeed feed) {
    Relay relay = relays.get(channel);
    if (relay == null) {
      return;
    }
    relay.drop(feed);
    if (relay.isUnused()) {
      // A registration is a cluster-wide write: somebody may be back in a moment.
      lane.timer(
          LINGER_MILLIS,
          () -> {
            if (relay.isUnused() && relays.remove(channel, relay)) {
              relay.close().onFailure(cause -> node.vertx().exceptionHandler().handle(cause));
            }
          });
    }
  }

  // ---- the client API ----

  @Override
  public Future<Appended> append(Append append) {
    Failure refused = ChannelCatalog.refuses(append.channel());
    if (refused == null && append.id().length() > Append.MAX_ID) {
      refused =
          Failure.of(
              FailureCode.INVALID_REQUEST,
              "id '"
                  + Failure.shorten(append.id(), 40)
                  + "', expected at most "
                  + Append.MAX_ID
                  + " characters");
    }
    if (refused != null) {
      return Future.failedFuture(refused.toException());
    }
    return link.ask(append.channel(), ChannelServices.APPEND, wire(append), PATIENCE)
        .map(
            done ->
                new Appended(
                    done.getEpoch(), done.getFirst(), done.getLast(), done.getDuplicate()));
  }

  private static ChannelAppend wire(Append append) {
    ChannelAppend.Builder request = ChannelAppend.newBuilder().setChannel(append.channel());
    String id = append.id().isEmpty() ? madeId() : append.id();
    int index = 0;
    for (Append.Content content : append.frames()) {
      request.addFrames(
          FrameRecord.newBuilder()
              .setId(index == 0 ? id : id + "#" + index)
              .setKey(content.key())
              .setContentType(content.contentType())
              .setData(bytes(content.data())));
      index++;
    }
    if (append.condition() != null) {
      request
          .setConditional(true)
          .setIfEpoch(append.condition().epoch())
          .setIfOffset(append.condition().offset());
    }
    return request.build();
  }

  private static String madeId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "~" + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
  }

  private static ByteString bytes(Buffer data) {
    return UnsafeByteOperations.unsafeWrap(data.getBytes());
  }

  @Override
  public Subscription subscribe(String channel, Start start, Subscriber subscriber) {
    Failure refused = ChannelCatalog.refuses(channel);
    if (refused == null && closed) {
      refused = Failure.of(FailureCode.DRAINING, "the node stops");
    }
    if (refused != null) {
      throw refused.toException();
    }
    LaneFeed feed = feeds.computeIfAbsent(channel, name -> new LaneFeed(name, node, lane));
    Cursor cursor =
        new Cursor(
            feed,
            start,
            subscriber.takesParts() ? subscriber : new JoinedParts(subscriber),
            gone -> {
              feed.remove(gone);
              if (feed.isUnused() && feeds.remove(channel, feed)) {
                feed.close();
              }
            });
    feed.add(cursor);
    return cursor;
  }

  @Override
  public Future<Page> read(String channel, long after, int limit) {
    return state(channel)
        .compose(
            state ->
                new PageRead(node.rings(lane), state, Math.max(after + 1, state.getFirst()), limit)
                    .run());
  }

  private Future<ChannelState> state(String channel) {
    Failure refused = ChannelCatalog.refuses(channel);
    return refused != null
        ? Future.failedFuture(refused.toException())
        : link.ask(
            channel,
            ChannelServices.STATE,
            // Its sequencer may have been another node's meanwhile, and not know it.
            ChannelQuery.newBuilder().setChannel(channel).setVerify(true).build(),
            PATIENCE);
  }

  @Override
  public Future<ChannelInfo> find(String channel) {
    return state(channel)
        .compose(state -> new Census(node, lane).take().map(found -> info(state, found)));
  }

  @Override
  public Future<List<ChannelInfo>> list() {
    return new Census(node, lane)
        .take()
        .compose(
            found -> {
              List<ChannelInfo> all = new ArrayList<>();
              List<Future<?>> answers = new ArrayList<>();
              for (String channel : found.channels()) {
                answers.add(
                    state(channel)
                        .onSuccess(state -> all.add(info(state, found)))
                        .recover(
                            cause ->
                                Failure.of(cause).code() == FailureCode.NOT_FOUND
                                    ? Future.succeededFuture()
                                    : Future.failedFuture(cause)));
              }
              return Future.join(answers)
                  .map(
                      done -> {
                        all.sort(java.util.Comparator.comparing(ChannelInfo::name));
                        return all;
                      });
            });
  }

  private static ChannelInfo info(ChannelState state, Census.Found found) {
    return new ChannelInfo(
        state.getChannel(),
        state.getEpoch(),
        state.getInstance(),
        state.getFirst(),
        state.getNext(),
        state.getNode(),
        found.subscribers(state.getChannel()));
  }

  @Override
  public Future<Void> store(String channel, Snapshot snapshot) {
    Failure refused = ChannelCatalog.refuses(channel);
    int most = node.catalog().of(channel).maxFrame();
    if (refused == null && snapshot.data().length() > most) {
      refused =
          Failure.of(
              FailureCode.TOO_LARGE,
              "the snapshot has "
                  + snapshot.data().length()
                  + " bytes, channels.NAME.max-frame is "
                  + most);
    }
    if (refused != null) {
      return Future.failedFuture(refused.toException());
    }
    ChannelSnapshot wire =
        ChannelSnapshot.newBuilder()
            .setChannel(channel)
            .setEpoch(snapshot.epoch())
            .setOffset(snapshot.offset())
            .setContentType(snapshot.contentType())
            .setData(bytes(snapshot.data()))
            .build();
    return link.ask(channel, ChannelServices.STORE, wire, PATIENCE).mapEmpty();
  }

  @Override
  public Future<Snapshot> snapshot(String channel) {
    Failure refused = ChannelCatalog.refuses(channel);
    if (refused != null) {
      return Future.failedFuture(refused.toException());
    }
    ChannelQuery query = ChannelQuery.newBuilder().setChannel(channel).build();
    return link.ask(channel, ChannelServices.SNAPSHOT, query, PATIENCE)
        .compose(
            found ->
                found.getPresent()
                    ? Future.succeededFuture(SnapshotRules.given(found))
                    : Future.failedFuture(
                        Failure.of(
                                FailureCode.NOT_FOUND, "channel '" + channel + "' has no snapshot")
                            .toException()));
  }
}
