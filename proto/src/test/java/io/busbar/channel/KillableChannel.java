package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/**
 * One channel on three members, with a subscriber and a publisher on each, and a record of all that
 * was promised. A publisher whose node is killed repeats on another node, under the same id, what
 * was not answered; a subscriber goes on there too.
 */
final class KillableChannel implements AutoCloseable {
  private static final String CHANNEL = "killed";

  private final String label;
  private final Random random;
  private final ClusterNodes cluster = new ClusterNodes();
  private final List<ChannelMember> members = new ArrayList<>();
  private final Map<ChannelMember, RecordingSubscriber> followers = new HashMap<>();
  private final List<RecordingSubscriber> all = new ArrayList<>();
  private final List<Published> published = new ArrayList<>();
  private final List<Future<?>> killed = new ArrayList<>();
  private int joined;

  private static final class Published {
    private final String text;
    private ChannelMember at;
    private Future<Appended> answer;

    Published(String text) {
      this.text = text;
    }
  }

  KillableChannel(String label, Random random) throws Exception {
    this.label = label;
    this.random = random;
    for (int i = 0; i < 3; i++) {
      replace();
    }
  }

  // ---- what happens ----

  /** A new member joins. */
  void replace() throws Exception {
    ChannelMember member = ChannelMember.start(cluster, "n" + joined++, ChannelCatalog.DEFAULTS);
    members.add(member);
    RecordingSubscriber follower = new RecordingSubscriber();
    follow(member, Start.OLDEST, follower);
  }

  private void follow(ChannelMember at, Start start, RecordingSubscriber follower)
      throws Exception {
    at.at(() -> at.channels().subscribe(CHANNEL, start, follower));
    followers.put(at, follower);
    all.add(follower);
  }

  ChannelMember any() {
    return members.get(random.nextInt(members.size()));
  }

  /** The member that holds the ring. */
  ChannelMember holder() throws Exception {
    ChannelMember asked = members.get(0);
    String name = asked.get(() -> asked.channels().find(CHANNEL)).node();
    return members.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  void publish(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      Published one = new Published("f" + published.size());
      published.add(one);
      send(one);
    }
  }

  private void send(Published one) throws Exception {
    ChannelMember at = any();
    one.at = at;
    Append append = Append.of(CHANNEL, Buffer.buffer(one.text), "").withId(one.text);
    one.answer = at.at(() -> at.channels().append(append));
  }

  /** It goes without a word; its clients go to other members. */
  void kill(ChannelMember victim) throws Exception {
    members.remove(victim);
    killed.add(victim.kill());
    for (Published one : published) {
      if (one.at == victim && !one.answer.isComplete()) {
        send(one);
      }
    }
    RecordingSubscriber orphan = followers.remove(victim);
    orphan.close();
    ChannelMember other = any();
    boolean began = orphan.epoch() != 0;
    RecordingSubscriber resumed =
        began ? new RecordingSubscriber(orphan.epoch(), orphan.next()) : new RecordingSubscriber();
    Start start = began ? Start.after(orphan.epoch(), orphan.next() - 1) : Start.OLDEST;
    RecordingSubscriber there = followers.get(other);
    follow(other, start, resumed);
    followers.put(other, there);
  }

  // ---- what is waited for ----

  /** Until all copies are made. */
  void awaitCopies() {
    for (ChannelMember member : members) {
      assertTrue(member.awaitSafe(), label + ": copies are not made");
    }
  }

  /** Until all that was published is answered; what was not appended is sent again. */
  void awaitAnswers() throws Exception {
    for (Published one : published) {
      while (ClusterNodes.await(one.answer.otherwise((Appended) null)) == null) {
        send(one);
      }
    }
  }

  // ---- what must hold ----

  /** No gap, no duplicate, no two frames under one offset, nothing answered that is not there. */
  void check() throws Exception {
    awaitAnswers();
    Map<String, String> content = new LinkedHashMap<>();
    Appended newest = null;
    for (Published one : published) {
      Appended done = one.answer.result();
      String before = content.put(done.epoch() + ":" + done.first(), one.text);
      assertNull(before, label + ": " + before + " and " + one.text + " are both " + done);
      if (newest == null
          || done.epoch() > newest.epoch()
          || (done.epoch() == newest.epoch() && done.first() > newest.first())) {
        newest = done;
      }
    }
    for (RecordingSubscriber follower : followers.values()) {
      follower.awaitOffset(newest.epoch(), newest.first());
    }
    for (RecordingSubscriber one : all) {
      assertEquals(List.of(), one.wrong(), label);
      for (ChannelFrame frame : one.frames()) {
        String seen = frame.data().toString();
        String known = content.putIfAbsent(frame.epoch() + ":" + frame.offset(), seen);
        assertTrue(
            known == null || known.equals(seen),
            label + ": " + frame + " is " + known + " and " + seen);
      }
    }
    Map<String, String> places = new HashMap<>();
    content.forEach(
        (place, text) -> {
          String key = place.substring(0, place.indexOf(':')) + " " + text;
          String other = places.put(key, place);
          assertNull(other, label + ": " + text + " is at " + place + " and at " + other);
        });
  }

  int published() {
    return published.size();
  }

  /** How many epochs anybody heard of. */
  int epochs() {
    TreeSet<Long> epochs = new TreeSet<>();
    all.forEach(one -> one.frames().forEach(frame -> epochs.add(frame.epoch())));
    return epochs.size();
  }

  /** How many frames the members' subscribers have together seen of the channel. */
  int seen() {
    TreeSet<String> texts = new TreeSet<>();
    all.forEach(one -> one.frames().forEach(frame -> texts.add(frame.data().toString())));
    return texts.size();
  }

  @Override
  public void close() throws Exception {
    cluster.close();
    for (Future<?> one : killed) {
      ClusterNodes.await(one.otherwiseEmpty());
    }
  }
}
