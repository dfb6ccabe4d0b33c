package io.busbar.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelMember;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.busbar.testing.Until;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands from one real member to a target on another. */
class CommandsTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static ChannelMember near;
  private static ChannelMember far;

  @BeforeAll
  static void start() throws Exception {
    near = ChannelMember.start(CLUSTER, "near", ChannelCatalog.DEFAULTS);
    far = ChannelMember.start(CLUSTER, "far", ChannelCatalog.DEFAULTS);
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
  }

  /** Serves it on the far node, and waits until the near one knows. */
  private static Commands.Registration serve(
      String target, ServeOptions options, CommandHandler handler) throws Exception {
    Commands.Registration registration =
        far.get(() -> far.commands().serve(target, options, handler));
    Until.holds(
        () -> near.commands().targets().contains(target), "the near node does not know " + target);
    return registration;
  }

  private static Commands.Sent send(CommandRequest request) throws Exception {
    return near.at(() -> near.commands().send(request));
  }

  private static String reply(CommandRequest request) throws Exception {
    return ClusterNodes.await(send(request).reply()).getResult().toStringUtf8();
  }

  private static FailureCode failure(Commands.Sent sent) {
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> ClusterNodes.await(sent.reply()));
    return Failure.of(thrown.getCause()).code();
  }

  /** What was sent before has come to the handlers' lane. */
  private static void arrived() throws Exception {
    if (!near.commands().targets().contains("mark")) {
      serve("mark", ServeOptions.SERIAL, command -> Future.succeededFuture());
    }
    reply(to("mark"));
  }

  private static CommandRequest to(String target) {
    return CommandRequest.of(target, "go", Buffer.buffer("1"));
  }

  @Test
  void aCommandIsDoneOnTheNodeThatServesItsTarget() throws Exception {
    serve(
        "plus",
        ServeOptions.SERIAL,
        command -> Future.succeededFuture(command.params().appendString("0")));
    assertEquals("10", reply(to("plus")));
  }

  @Test
  void aTargetThatNobodyServesIsNoHandler() throws Exception {
    assertEquals(FailureCode.NO_HANDLER, failure(send(to("nobody"))));
  }

  @Test
  void whatTheHandlerRefusesIsRejected() throws Exception {
    serve(
        "picky",
        ServeOptions.SERIAL,
        command -> Future.failedFuture(Failure.of(FailureCode.REJECTED, "not now").toException()));
    assertEquals(FailureCode.REJECTED, failure(send(to("picky"))));
  }

  @Test
  void aHandlerThatThrowsHasFailed() throws Exception {
    serve(
        "broken",
        ServeOptions.SERIAL,
        command -> {
          throw new IllegalStateException("boom");
        });
    assertEquals(FailureCode.HANDLER_FAILED, failure(send(to("broken"))));
  }

  @Test
  void aCommandEndsAtItsDeadlineAndTheHandlerIsTold() throws Exception {
    Promise<Failure> told = Promise.promise();
    serve(
        "slow",
        ServeOptions.SERIAL,
        command -> {
          command.cancelHandler(told::tryComplete);
          return Promise.<Buffer>promise().future();
        });
    assertEquals(
        FailureCode.DEADLINE_EXCEEDED,
        failure(send(to("slow").withTimeout(Duration.ofSeconds(2)))));
    ClusterNodes.await(told.future());
  }

  @Test
  void aCancelledCommandIsToldToItsHandler() throws Exception {
    Promise<Void> begun = Promise.promise();
    Promise<Failure> told = Promise.promise();
    serve(
        "cancelled",
        ServeOptions.SERIAL,
        command -> {
          command.cancelHandler(told::tryComplete);
          begun.tryComplete();
          return Promise.<Buffer>promise().future();
        });
    Commands.Sent sent = send(to("cancelled"));
    ClusterNodes.await(begun.future());
    near.at(
        () -> {
          sent.cancel();
          return null;
        });
    assertEquals(FailureCode.CANCELLED, failure(sent));
    assertEquals(FailureCode.CANCELLED, ClusterNodes.await(told.future()).code());
  }

  @Test
  void aHandlerThatVanishesEndsItsCommandsAtOnce() throws Exception {
    Promise<Void> begun = Promise.promise();
    Commands.Registration registration =
        serve(
            "vanishing",
            ServeOptions.SERIAL,
            command -> {
              begun.tryComplete();
              return Promise.<Buffer>promise().future();
            });
    Commands.Sent running = send(to("vanishing").withTimeout(Duration.ofHours(1)));
    Commands.Sent waiting = send(to("vanishing").withTimeout(Duration.ofHours(1)));
    ClusterNodes.await(begun.future());
    far.get(registration::close);
    assertEquals(FailureCode.NO_HANDLER, failure(running));
    assertEquals(FailureCode.NO_HANDLER, failure(waiting));
    // The near node may not have heard of it yet.
    Commands.Sent late = send(to("vanishing").withTimeout(Duration.ofHours(1)));
    assertEquals(FailureCode.NO_HANDLER, failure(late));
  }

  @Test
  void aSerialTargetDoesOneAfterTheOther() throws Exception {
    List<Promise<Buffer>> running = new ArrayList<>();
    Promise<Void> first = Promise.promise();
    serve(
        "serial",
        ServeOptions.SERIAL,
        command -> {
          Promise<Buffer> one = Promise.promise();
          running.add(one);
          first.tryComplete();
          return one.future();
        });
    Commands.Sent one = send(to("serial"));
    Commands.Sent two = send(to("serial"));
    ClusterNodes.await(first.future());
    arrived();
    assertEquals(1, far.at(running::size));
    far.at(() -> running.get(0).tryComplete(Buffer.buffer("1")));
    ClusterNodes.await(one.reply());
    far.at(() -> running.get(1).tryComplete(Buffer.buffer("2")));
    assertEquals("2", ClusterNodes.await(two.reply()).getResult().toStringUtf8());
  }

  @Test
  void aConcurrentTargetDoesSoManyAtOnceAndNoMore() throws Exception {
    List<Promise<Buffer>> running = new ArrayList<>();
    Promise<Void> two = Promise.promise();
    Promise<Void> three = Promise.promise();
    serve(
        "concurrent",
        ServeOptions.concurrent(2),
        command -> {
          Promise<Buffer> one = Promise.promise();
          running.add(one);
          if (running.size() > 1) {
            (running.size() == 2 ? two : three).tryComplete();
          }
          return one.future();
        });
    List<Commands.Sent> sent = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sent.add(send(to("concurrent")));
    }
    ClusterNodes.await(two.future());
    arrived();
    assertEquals(2, far.at(running::size));
    far.at(() -> running.get(1).tryComplete(Buffer.buffer("2")));
    assertEquals("2", ClusterNodes.await(sent.get(1).reply()).getResult().toStringUtf8());
    ClusterNodes.await(three.future());
    far.at(() -> running.get(0).tryComplete(Buffer.buffer("1")));
    assertEquals("1", ClusterNodes.await(sent.get(0).reply()).getResult().toStringUtf8());
    far.at(() -> running.get(2).tryComplete(Buffer.buffer("3")));
    assertEquals("3", ClusterNodes.await(sent.get(2).reply()).getResult().toStringUtf8());
  }

  @Test
  void aCommandWithAKnownKeyIsNotDoneAgain() throws Exception {
    int[] done = new int[1];
    serve(
        "keyed",
        ServeOptions.SERIAL,
        command -> Future.succeededFuture(Buffer.buffer(String.valueOf(++done[0]))));
    assertEquals("1", reply(to("keyed").withKey("k")));
    assertEquals("1", reply(to("keyed").withKey("k")));
    assertEquals("2", reply(to("keyed").withKey("other")));
  }

  @Test
  void moreThanMayWaitAreBusy() throws Exception {
    Promise<Buffer> never = Promise.promise();
    serve("full", new ServeOptions(1, 1), command -> never.future());
    send(to("full"));
    send(to("full"));
    assertEquals(FailureCode.BUSY, failure(send(to("full"))));
    far.at(() -> never.tryComplete(Buffer.buffer("1")));
  }

  @Test
  void theLossOfTheNodeEndsItsCommandsAtOnce() throws Exception {
    ChannelMember doomed = ChannelMember.start(CLUSTER, "doomed", ChannelCatalog.DEFAULTS);
    Promise<Void> begun = Promise.promise();
    doomed.get(
        () ->
            doomed
                .commands()
                .serve(
                    "doomed",
                    ServeOptions.SERIAL,
                    command -> {
                      begun.tryComplete();
                      return Promise.<Buffer>promise().future();
                    }));
    Until.holds(
        () -> near.commands().targets().contains("doomed"), "the near node does not know it");
    Commands.Sent sent = send(to("doomed").withTimeout(Duration.ofHours(1)));
    ClusterNodes.await(begun.future());
    Future<Void> gone = doomed.kill();
    assertEquals(FailureCode.NODE_LOST, failure(sent));
    ClusterNodes.await(gone.otherwiseEmpty());
  }
}
