package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What bounds the number of channels and of waiting frames. */
class ChannelLimitsTest {
  private final ClusterNodes cluster = new ClusterNodes();
  private ChannelMember member;

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  private void start(int max, ChannelOptions options) throws Exception {
    member = ChannelMember.start(cluster, "limits", new ChannelCatalog(max, 1, options, Map.of()));
  }

  private Future<Appended> send(String channel, String text) throws Exception {
    return member.at(() -> member.channels().append(Append.of(channel, Buffer.buffer(text), "")));
  }

  private Failure refused(String channel) {
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> ClusterNodes.await(send(channel, "x")));
    return Failure.of(thrown.getCause());
  }

  @Test
  void oneChannelMoreThanThereMayBeIsRefused() throws Exception {
    start(2, ChannelOptions.DEFAULTS);
    ClusterNodes.await(send("one", "x"));
    ClusterNodes.await(send("two", "x"));

    Failure failure = refused("three");

    assertEquals(FailureCode.TOO_MANY_REQUESTS, failure.code());
    assertTrue(failure.detail().contains("channels.max is 2"), failure.detail());
    assertEquals(2, ClusterNodes.await(send("one", "y")).last());
  }

  @Test
  void anIdleChannelGoesAndMakesRoom() throws Exception {
    start(1, ChannelOptions.DEFAULTS.withIdle(300));
    ClusterNodes.await(send("old", "x"));
    long end = System.nanoTime() + 60_000_000_000L;
    while (!member.get(() -> member.channels().list()).isEmpty()) {
      assertTrue(System.nanoTime() < end, "the channel stays");
    }

    assertEquals(1, ClusterNodes.await(send("new", "x")).last());
  }

  @Test
  void aChannelWithASubscriberStays() throws Exception {
    start(2, ChannelOptions.DEFAULTS.withIdle(100));
    RecordingSubscriber subscriber = new RecordingSubscriber();
    member.at(() -> member.channels().subscribe("held", Start.NOW, subscriber));
    subscriber.awaitLive();
    // Once the other one went, the first has been idle for as long.
    ClusterNodes.await(send("held", "x"));
    ClusterNodes.await(send("idle", "x"));
    long end = System.nanoTime() + 60_000_000_000L;
    while (member.get(() -> member.channels().list()).size() > 1) {
      assertTrue(System.nanoTime() < end, "the idle channel stays");
    }

    assertEquals("held", member.get(() -> member.channels().list()).get(0).name());
  }

  @Test
  void whatDoesNotFitTheQueueIsRefusedAndTheRestIsAppended() throws Exception {
    start(2, ChannelOptions.DEFAULTS.withQueue(4, 64 << 20));
    List<Future<Appended>> answers = new ArrayList<>();
    member.at(
        () -> {
          for (int i = 0; i < 50; i++) {
            answers.add(member.channels().append(Append.of("full", Buffer.buffer("x"), "")));
          }
          return null;
        });
    ClusterNodes.await(Future.join(answers).otherwiseEmpty());

    List<Future<Appended>> refused = answers.stream().filter(Future::failed).toList();

    assertTrue(!refused.isEmpty() && refused.size() < 50, refused.size() + " refused");
    assertEquals(FailureCode.QUEUE_FULL, Failure.of(refused.get(0).cause()).code());
    assertEquals(50 - refused.size() + 1, member.get(() -> member.channels().find("full")).next());
  }
}
