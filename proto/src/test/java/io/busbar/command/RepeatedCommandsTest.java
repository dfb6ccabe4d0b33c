package io.busbar.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelMember;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands with a key that are sent again, to a handler that ends each when the test says so. */
class RepeatedCommandsTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static ChannelMember member;

  private final BlockingQueue<Promise<Buffer>> running = new LinkedBlockingQueue<>();
  private final AtomicInteger begun = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    member = ChannelMember.start(CLUSTER, "a", ChannelCatalog.DEFAULTS);
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
  }

  private void serve(String target, ServeOptions options) throws Exception {
    member.get(
        () ->
            member
                .commands()
                .serve(
                    target,
                    options,
                    command -> {
                      Promise<Buffer> one = Promise.promise();
                      begun.incrementAndGet();
                      running.add(one);
                      return one.future();
                    }));
  }

  private static CommandRequest keyed(String target) {
    return CommandRequest.of(target, "go", Buffer.buffer("1")).withKey("k");
  }

  private static Commands.Sent send(CommandRequest request) throws Exception {
    return member.at(() -> member.commands().send(request));
  }

  /** The next one that the handler has. */
  private void done(String result) throws Exception {
    Promise<Buffer> next = running.poll(60, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the handler has nothing to do");
    }
    member.at(() -> next.tryComplete(Buffer.buffer(result)));
  }

  private static String reply(Commands.Sent sent) throws Exception {
    return ClusterNodes.await(sent.reply()).getResult().toStringUtf8();
  }

  private static FailureCode failure(Commands.Sent sent) {
    Future<?> reply = sent.reply();
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> ClusterNodes.await(reply));
    return Failure.of(thrown.getCause()).code();
  }

  @Test
  void oneThatRunsIsDoneOnceForBoth() throws Exception {
    serve("both", ServeOptions.concurrent(4));
    Commands.Sent first = send(keyed("both"));
    Commands.Sent second = send(keyed("both"));
    done("7");

    assertEquals("7", reply(first));
    assertEquals("7", reply(second));
    assertEquals(1, begun.get());
  }

  @Test
  void afterADeadlineARepeatGetsWhatTheHandlerStillMakesOfIt() throws Exception {
    serve("late", ServeOptions.concurrent(4));
    assertEquals(
        FailureCode.DEADLINE_EXCEEDED,
        failure(send(keyed("late").withTimeout(Duration.ofMillis(50)))));
    Commands.Sent repeat = send(keyed("late"));
    done("7");

    assertEquals("7", reply(repeat));
    assertEquals("7", reply(send(keyed("late"))));
    assertEquals(1, begun.get());
  }

  @Test
  void oneThatWasGivenUpWhileItWaitedIsDoneWhenItIsRepeated() throws Exception {
    serve("queue", ServeOptions.SERIAL);
    Commands.Sent before = send(CommandRequest.of("queue", "go", Buffer.buffer("1")));
    Commands.Sent waits = send(keyed("queue"));
    member.at(
        () -> {
          waits.cancel();
          return null;
        });
    assertEquals(FailureCode.CANCELLED, failure(waits));
    Commands.Sent repeat = send(keyed("queue"));
    done("1");
    assertEquals("1", reply(before));
    done("2");

    assertEquals("2", reply(repeat));
  }

  @Test
  void aRepeatThatIsGivenUpLeavesTheFirstAlone() throws Exception {
    serve("alone", ServeOptions.concurrent(4));
    Commands.Sent first = send(keyed("alone"));
    Commands.Sent repeat = send(keyed("alone"));
    member.at(
        () -> {
          repeat.cancel();
          return null;
        });
    assertEquals(FailureCode.CANCELLED, failure(repeat));
    done("7");

    assertEquals("7", reply(first));
  }

  @Test
  void repeatsOfOneThatRunsAreBounded() throws Exception {
    serve("bounded", new ServeOptions(1, 1));
    Commands.Sent first = send(keyed("bounded"));
    Commands.Sent repeat = send(keyed("bounded"));
    assertEquals(FailureCode.BUSY, failure(send(keyed("bounded"))));
    done("7");

    assertEquals("7", reply(first));
    assertEquals("7", reply(repeat));
  }
}
