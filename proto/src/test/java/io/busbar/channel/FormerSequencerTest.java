package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.v1.ChannelFrames;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ring.HazelcastRings;
import io.busbar.channel.ring.RingItem;
import io.busbar.channel.ring.RingState;
import io.busbar.channel.ring.RingStore;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A channel went to another node, which appended to it, and came back: its first sequencer is still
 * there and knows only its own frames.
 */
class FormerSequencerTest {
  private static final String CHANNEL = "moved";

  private final ClusterNodes cluster = new ClusterNodes();
  private ChannelMember member;

  @BeforeEach
  void open() throws Exception {
    member = ChannelMember.start(cluster, "a", ChannelCatalog.DEFAULTS);
    member.get(() -> member.channels().append(Append.of(CHANNEL, Buffer.buffer("own"), "")));
    appendOfAnother(2);
  }

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  private RingStore rings() {
    return new HazelcastRings(member.node().hazelcast());
  }

  private void appendOfAnother(long offset) throws Exception {
    appendOfAnother(offset, 0);
  }

  /** Drops what is before the head too; 0 = nothing. */
  private FrameRecord appendOfAnother(long offset, long head) throws Exception {
    RingStore rings = rings();
    RingState ring = ClusterNodes.await(rings.look(CHANNEL));
    FrameRecord frame =
        FrameRecord.newBuilder().setOffset(offset).setTime(System.currentTimeMillis()).build();
    byte[] item = RingItem.of(ring.epoch(), frame);
    ClusterNodes.await(
        rings.append(
            CHANNEL, ring.tail(), ring.epoch(), List.of(item), Math.max(head, ring.head())));
    return frame;
  }

  private void publishOfAnother(long epoch, FrameRecord frame) {
    ChannelFrames frames =
        ChannelFrames.newBuilder().setChannel(CHANNEL).setEpoch(epoch).addFrames(frame).build();
    member
        .node()
        .vertx()
        .eventBus()
        .publish(Addresses.channel(CHANNEL), frames, BusCodec.options());
  }

  @Test
  void itsStateHasTheFramesOfTheOther() throws Exception {
    assertEquals(3, member.get(() -> member.channels().find(CHANNEL)).next());
  }

  @Test
  void aPageHasTheFramesOfTheOther() throws Exception {
    assertEquals(2, member.get(() -> member.channels().read(CHANNEL, 0, 10)).frames().size());
  }

  @Test
  void aSubscriberThatSawThemIsNotSentBack() throws Exception {
    long epoch = ClusterNodes.await(rings().look(CHANNEL)).epoch();
    RecordingSubscriber subscriber = new RecordingSubscriber();
    member.at(() -> member.channels().subscribe(CHANNEL, new Start.After(epoch, 2), subscriber));
    subscriber.awaitLive();
    member.get(() -> member.channels().append(Append.of(CHANNEL, Buffer.buffer("next"), "")));
    subscriber.awaitFrames(1);
    assertEquals(List.of("3=next"), subscriber.log());
  }

  private RecordingSubscriber fromNowOn() throws Exception {
    RecordingSubscriber subscriber = new RecordingSubscriber();
    member.at(() -> member.channels().subscribe(CHANNEL, Start.NOW, subscriber));
    subscriber.awaitLive();
    return subscriber;
  }

  private void append(String text) throws Exception {
    member.get(() -> member.channels().append(Append.of(CHANNEL, Buffer.buffer(text), "")));
  }

  @Test
  void whoFollowsFromNowOnIsNotGivenThem() throws Exception {
    RecordingSubscriber subscriber = fromNowOn();
    append("next");
    subscriber.awaitFrames(1);

    assertEquals(List.of("3=next"), subscriber.log());
  }

  @Test
  void aFollowerGetsWhatTheOtherAppendsAlsoIfNothingOfItIsHeard() throws Exception {
    RecordingSubscriber subscriber = fromNowOn();
    appendOfAnother(3);
    subscriber.awaitFrames(1);

    assertEquals(List.of("3="), subscriber.log());
  }

  @Test
  void aSnapshotWhoseFramesTheOtherDroppedIsNotGiven() throws Exception {
    long epoch = ClusterNodes.await(rings().look(CHANNEL)).epoch();
    member.get(
        () ->
            member
                .channels()
                .store(CHANNEL, new Snapshot(epoch, 1, "text/plain", Buffer.buffer("old"), 0)));
    RecordingSubscriber before = fromNowOn();
    publishOfAnother(epoch, appendOfAnother(3, 3));
    before.awaitFrames(2);

    RecordingSubscriber subscriber = fromNowOn();
    append("next");
    subscriber.awaitFrames(1);

    assertEquals(List.of("4=next"), subscriber.log());
  }
}
