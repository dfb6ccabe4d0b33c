package io.busbar.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.busbar.bus.impl.LaneCore;
import io.busbar.bus.v1.Ask;
import io.busbar.bus.v1.Envelope;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.FakeLane;
import io.busbar.testing.FakeLink;
import io.busbar.testing.ManualClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Questions and answers over a link that loses, doubles and delays. */
class QuestionsTest {
  private static final Service<NodeInfo, NodeInfo> ECHO =
      Service.of("test.echo", NodeInfo.parser(), NodeInfo.parser());
  private static final NodeInfo QUESTION = NodeInfo.newBuilder().setName("x").build();
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ManualClock clock = new ManualClock();
  private final FakeLink link = new FakeLink(clock, 3);
  private final Lane a = FakeLane.open(link, clock, "a");
  private final Lane b = FakeLane.open(link, clock, "b");
  private int served;

  private void serve() {
    b.serve(
        ECHO,
        question -> {
          served++;
          return Future.succeededFuture(question);
        });
  }

  private static FailureCode code(Future<?> future) {
    return Failure.of(future.cause()).code();
  }

  @Test
  void aLostQuestionIsRepeated() {
    serve();
    link.cut("a", "b");
    Future<NodeInfo> answer = a.ask(b.endpoint(), ECHO, QUESTION, LONG);
    clock.advance(1000);
    assertFalse(answer.isComplete());
    link.mend("a", "b");
    clock.advance(4000);
    assertEquals(QUESTION, answer.result());
  }

  @Test
  void aLostAnswerIsRepeatedAndTheServiceSeesTheQuestionOnce() {
    serve();
    link.cut("b", "a");
    Future<NodeInfo> answer = a.ask(b.endpoint(), ECHO, QUESTION, LONG);
    clock.advance(2000);
    assertFalse(answer.isComplete());
    link.mend("b", "a");
    clock.advance(4000);
    assertEquals(QUESTION, answer.result());
    assertEquals(1, served);
  }

  @Test
  void aSlowServiceSeesTheQuestionOnce() {
    Promise<NodeInfo> slow = Promise.promise();
    b.serve(
        ECHO,
        question -> {
          served++;
          return slow.future();
        });
    Future<NodeInfo> answer = a.ask(b.endpoint(), ECHO, QUESTION, LONG);
    clock.advance(10_000);
    slow.complete(QUESTION);
    clock.advance(1000);
    assertTrue(answer.succeeded());
    assertEquals(1, served);
  }

  @Test
  void eachQuestionIsAnsweredOnceOverABadLink() {
    serve();
    link.faults(0.3, 0.3, 0.3);
    int[] answered = new int[1];
    for (int i = 0; i < 200; i++) {
      a.ask(b.endpoint(), ECHO, QUESTION, LONG).onSuccess(answer -> answered[0]++);
    }
    assertTrue(clock.runUntilIdle(120_000));
    assertEquals(200, answered[0]);
    assertEquals(200, served);
  }

  @Test
  void aSilentLaneIsADeadlineExceeded() {
    link.kill("b");
    Future<NodeInfo> answer = a.ask(b.endpoint(), ECHO, QUESTION, Duration.ofSeconds(3));
    clock.advance(4000);
    assertEquals(FailureCode.DEADLINE_EXCEEDED, code(answer));
  }

  @Test
  void aNodeThatLeavesIsANodeLost() {
    link.kill("b");
    Future<NodeInfo> answer = a.ask(b.endpoint(), ECHO, QUESTION, LONG);
    a.peerLeft("b");
    assertEquals(FailureCode.NODE_LOST, code(answer));
  }

  @Test
  void aServiceThatThrowsIsAnInternalFailure() {
    b.serve(
        ECHO,
        question -> {
          throw new IllegalArgumentException("broken");
        });
    Future<NodeInfo> answer = a.ask(b.endpoint(), ECHO, QUESTION, LONG);
    clock.advance(100);
    assertEquals(FailureCode.INTERNAL, code(answer));
  }

  @Test
  void aFailureOfTheServiceIsTheAnswer() {
    b.serve(ECHO, q -> Future.failedFuture(Failure.of(FailureCode.NOT_FOUND, "no").toException()));
    Future<NodeInfo> answer = a.ask(b.endpoint(), ECHO, QUESTION, LONG);
    clock.advance(100);
    assertEquals(FailureCode.NOT_FOUND, code(answer));
  }

  @Test
  void aQuestionThatCannotBeParsedIsAnInvalidRequest() {
    serve();
    Ask garbage =
        Ask.newBuilder()
            .setId(1)
            .setService(ECHO.name())
            .setBody(ByteString.copyFrom(new byte[] {(byte) 0xff, 1}))
            .build();
    String[] code = new String[1];
    link.tamper(
        item -> {
          if (item.hasAnswer()) {
            code[0] = item.getAnswer().getFailure().getCode();
          }
          return item;
        });
    ((LaneCore) b)
        .receive(
            Envelope.newBuilder().setNode("a").addItems(Item.newBuilder().setAsk(garbage)).build());
    clock.advance(100);
    assertEquals(FailureCode.INVALID_REQUEST.wireName(), code[0]);
    assertEquals(0, served);
  }

  @Test
  void aTellArrivesWithoutAnAnswer() {
    serve();
    a.tell(b.endpoint(), ECHO, QUESTION);
    assertTrue(clock.runUntilIdle(1000));
    assertEquals(1, served);
  }

  @Test
  void aLaneThatIsAskedForNothingRunsNoTimer() {
    serve();
    a.ask(b.endpoint(), ECHO, QUESTION, LONG);
    assertTrue(clock.runUntilIdle(10_000));
    assertEquals(0, clock.waiting());
  }
}
