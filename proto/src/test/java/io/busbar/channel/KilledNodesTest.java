package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Three members, of which one after the other is killed and replaced, whichever it is to the
 * channel: nobody sees a gap, a duplicate or two frames under one offset, and what was answered was
 * seen.
 */
class KilledNodesTest {
  private static final String CHANNEL = "killed";
  private static final int ROUNDS = Boolean.getBoolean("busbar.long") ? 30 : 3;
  private static final int FRAMES = 40;

  private final ClusterNodes cluster = new ClusterNodes();
  private final List<ChannelMember> members = new ArrayList<>();
  private final Map<ChannelMember, RecordingSubscriber> followers = new HashMap<>();
  private final List<RecordingSubscriber> all = new ArrayList<>();
  private final List<Future<Appended>> answers = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();

  @Test
  void subscribersSeeEveryOffsetOfAnEpochOnceWhicheverNodeIsKilled() throws Exception {
    long seed = Long.getLong("busbar.seed", 5);
    Random random = new Random(seed);
    try {
      for (int i = 0; i < 3; i++) {
        join("n" + i);
      }
      for (int round = 0; round < ROUNDS; round++) {
        publish(random, FRAMES / 2);
        ChannelMember victim = members.remove(random.nextInt(members.size()));
        Future<?> under = publish(random, FRAMES / 2);
        victim.kill();
        RecordingSubscriber orphan = followers.remove(victim);
        publish(random, FRAMES / 2);
        ClusterNodes.await(under);
        resume(orphan, members.get(random.nextInt(members.size())));
        join("r" + round);
      }
      check("seed " + seed);
    } finally {
      cluster.close();
    }
  }

  private void join(String name) throws Exception {
    ChannelMember member = ChannelMember.start(cluster, name, ChannelCatalog.DEFAULTS);
    members.add(member);
    RecordingSubscriber follower = new RecordingSubscriber();
    member.at(() -> member.channels().subscribe(CHANNEL, Start.OLDEST, follower));
    followers.put(member, follower);
    all.add(follower);
    follower.awaitLive();
  }

  /** A client of a killed node goes on where it was. */
  private void resume(RecordingSubscriber orphan, ChannelMember at) throws Exception {
    RecordingSubscriber resumed = new RecordingSubscriber(orphan.epoch(), orphan.next());
    Start start = Start.after(orphan.epoch(), orphan.next() - 1);
    at.at(() -> at.channels().subscribe(CHANNEL, start, resumed));
    resumed.awaitLive();
    all.add(resumed);
  }

  private Future<?> publish(Random random, int count) throws Exception {
    List<Future<?>> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ChannelMember at = members.get(random.nextInt(members.size()));
      String text = "f" + texts.size();
      Future<Appended> answer =
          at.at(() -> at.channels().append(Append.of(CHANNEL, Buffer.buffer(text), "")));
      texts.add(text);
      answers.add(answer);
      some.add(answer);
    }
    return Future.join(some);
  }

  private void check(String seed) throws Exception {
    Map<String, String> content = new HashMap<>();
    long epoch = 0;
    long newest = 0;
    int answered = 0;
    for (int i = 0; i < answers.size(); i++) {
      Appended done = ClusterNodes.await(answers.get(i).otherwise((Appended) null));
      if (done != null) {
        answered++;
        String before = content.put(done.epoch() + ":" + done.first(), texts.get(i));
        assertEquals(null, before, seed + ": two frames under one offset");
        newest = done.epoch() > epoch ? done.last() : Math.max(newest, done.last());
        epoch = Math.max(epoch, done.epoch());
      }
    }
    assertTrue(answered > answers.size() / 2, seed + ": only " + answered + " were answered");
    for (ChannelMember member : members) {
      followers.get(member).awaitOffset(epoch, newest);
    }
    for (RecordingSubscriber one : all) {
      assertEquals(List.of(), one.wrong(), seed);
      for (ChannelFrame frame : one.frames()) {
        String seen = frame.data().toString();
        String known = content.putIfAbsent(frame.toString(), seen);
        assertTrue(known == null || known.equals(seen), seed + ": " + frame + " is two frames");
      }
    }
  }
}
