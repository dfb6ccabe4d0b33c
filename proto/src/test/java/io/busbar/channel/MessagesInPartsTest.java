package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.training.TrainingForm;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Long messages of a channel with a form, between two real members in one JVM. */
class MessagesInPartsTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final TrainingForm FORM = TrainingForm.of(1000, 400);
  private static final ChannelCatalog CATALOG =
      ChannelCatalog.DEFAULTS
          .with("joined", ChannelOptions.DEFAULTS, FORM)
          .with("parts", ChannelOptions.DEFAULTS, FORM)
          .with("read", ChannelOptions.DEFAULTS, FORM)
          .with("midst", ChannelOptions.DEFAULTS, FORM)
          .with("few", ChannelOptions.DEFAULTS.withCapacity(4), FORM);
  private static ChannelMember a;
  private static ChannelMember b;

  @BeforeAll
  static void start() throws Exception {
    a = ChannelMember.start(CLUSTER, "a", CATALOG);
    b = ChannelMember.start(CLUSTER, "b", CATALOG);
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
  }

  private static Appended append(ChannelMember at, String channel, int length) throws Exception {
    Buffer message = new JsonObject().put("type", "t").put("p", "x".repeat(length)).toBuffer();
    return at.get(() -> at.channels().append(Append.json(channel, message)));
  }

  private static int length(ChannelFrame frame) {
    return new JsonObject(frame.data()).getString("p").length();
  }

  /** Takes parts as they are. */
  private static final class TakingParts extends RecordingSubscriber {
    @Override
    public boolean takesParts() {
      return true;
    }
  }

  @Test
  void followersGetWholeMessagesUnderTheOffsetOfTheLastPart() throws Exception {
    RecordingSubscriber follower = new RecordingSubscriber();
    b.at(() -> b.channels().subscribe("joined", Start.OLDEST, follower));
    append(a, "joined", 10);
    Appended cut = append(a, "joined", 1900);
    Appended last = append(a, "joined", 20);
    assertTrue(cut.last() - cut.first() >= 4, cut.toString());
    follower.awaitFrames(3);
    List<ChannelFrame> frames = follower.frames();
    assertEquals(
        List.of(1L, cut.last(), last.last()), frames.stream().map(ChannelFrame::offset).toList());
    assertEquals(List.of(10, 1900, 20), frames.stream().map(MessagesInPartsTest::length).toList());
  }

  @Test
  void aSubscriberThatTakesPartsGetsConsecutiveOffsets() throws Exception {
    TakingParts follower = new TakingParts();
    b.at(() -> b.channels().subscribe("parts", Start.OLDEST, follower));
    Appended cut = append(a, "parts", 1900);
    follower.awaitFrames((int) cut.last());
    List<ChannelFrame> frames = follower.frames();
    for (int i = 0; i < frames.size(); i++) {
      assertEquals(i + 1, frames.get(i).offset());
      assertEquals(i, frames.get(i).part());
      assertEquals(frames.size(), frames.get(i).parts());
    }
  }

  @Test
  void aPageDoesNotEndInTheMidstOfAMessage() throws Exception {
    append(a, "read", 10);
    Appended cut = append(a, "read", 1900);
    append(a, "read", 20);
    Page page = b.get(() -> b.channels().read("read", 0, 2));
    assertEquals(
        List.of(1L, cut.last()), page.frames().stream().map(ChannelFrame::offset).toList());
    Page rest = b.get(() -> b.channels().read("read", cut.last(), 2));
    assertEquals(List.of(20), rest.frames().stream().map(MessagesInPartsTest::length).toList());
  }

  @Test
  void whoBeginsInTheMidstOfAMessageGetsTheNextOne() throws Exception {
    Appended cut = append(a, "midst", 1900);
    append(a, "midst", 20);
    RecordingSubscriber follower = new RecordingSubscriber();
    b.at(() -> b.channels().subscribe("midst", Start.after(0, cut.first()), follower));
    follower.awaitFrames(1);
    assertEquals(20, length(follower.frames().get(0)));
  }

  @Test
  void aMessageWithMorePartsThanTheChannelKeepsIsRefused() {
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> append(a, "few", 1900));
    assertEquals(FailureCode.INVALID_REQUEST, Failure.of(thrown.getCause()).code());
  }

  @Test
  void whatHasNotTheFormIsUnprocessableOnAnyNode() {
    for (ChannelMember at : List.of(a, b)) {
      ExecutionException thrown =
          assertThrows(
              ExecutionException.class,
              () -> at.get(() -> at.channels().append(Append.json("few", Buffer.buffer("[]")))));
      assertEquals(FailureCode.UNPROCESSABLE, Failure.of(thrown.getCause()).code());
    }
  }
}
