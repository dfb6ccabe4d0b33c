package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.testing.ClusterNodes;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A ring that is lost with the node that sequenced its channel. */
class LostRingTest {
  private static final String CHANNEL = "lost";

  @Test
  void subscribersHearOfItThoughNobodyPublishes() throws Exception {
    try (ClusterNodes cluster = new ClusterNodes()) {
      List<ChannelMember> members = new ArrayList<>();
      for (String name : List.of("a", "b", "c")) {
        members.add(ChannelMember.start(cluster, name, ChannelCatalog.DEFAULTS));
      }
      ChannelMember any = members.get(0);
      any.get(() -> any.channels().append(Append.of(CHANNEL, Buffer.buffer("x"), "")));
      String name = any.get(() -> any.channels().find(CHANNEL)).node();
      members.sort(Comparator.comparing(member -> !member.name().equals(name)));
      ChannelMember holder = members.get(0);
      ChannelMember left = members.get(1);
      RecordingSubscriber subscriber = new RecordingSubscriber();
      left.at(() -> left.channels().subscribe(CHANNEL, Start.OLDEST, subscriber));
      subscriber.awaitFrames(1);
      subscriber.awaitLive();
      long epoch = subscriber.epoch();
      ClusterNodes.await(holder.kill());
      left.hearOfLoss(CHANNEL);
      subscriber.await(() -> subscriber.epoch() > epoch);
      assertEquals(List.of("1=x", "reset EPOCH"), subscriber.log());
      assertEquals(List.of(), subscriber.wrong());
    }
  }
}
