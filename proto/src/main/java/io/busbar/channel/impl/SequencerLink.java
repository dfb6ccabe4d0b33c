package io.busbar.channel.impl;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.Service;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Asks the sequencer of a channel, wherever it is and goes. On one lane. */
final class SequencerLink {
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  /** Failures after which another node, or the same one a moment later, may answer. */
  private static final Set<FailureCode> AGAIN =
      EnumSet.of(
          FailureCode.MOVED,
          FailureCode.NODE_LOST,
          FailureCode.NOT_IMPLEMENTED,
          FailureCode.UNAVAILABLE);

  private final ChannelNode node;
  private final Lane lane;

  SequencerLink(ChannelNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
  }

  <Q, R> Future<R> ask(String channel, Service<Q, R> service, Q question, Duration patience) {
    Promise<R> answer = Promise.promise();
    new Question<>(channel, service, question, lane.now() + patience.toMillis(), answer).ask();
    return answer.future();
  }

  private final class Question<Q, R> {
    private final String channel;
    private final Service<Q, R> service;
    private final Q question;
    private final long deadline;
    private final Promise<R> answer;
    private long pause = FIRST_PAUSE_MILLIS;

    Question(String channel, Service<Q, R> service, Q question, long deadline, Promise<R> answer) {
      this.channel = channel;
      this.service = service;
      this.question = question;
      this.deadline = deadline;
      this.answer = answer;
    }

    void ask() {
      Endpoint to = node.sequencer(channel);
      if (to == null) {
        again(
            Failure.of(
                FailureCode.UNAVAILABLE,
                "no node of the cluster holds channel '" + channel + "' at present"));
        return;
      }
      lane.ask(to, service, question, Duration.ofMillis(Math.max(1, deadline - lane.now())))
          .onComplete(
              done -> {
                if (done.succeeded()) {
                  answer.complete(done.result());
                } else {
                  failed(Failure.of(done.cause()));
                }
              });
    }

    private void failed(Failure failure) {
      // The answer of a node that is cut off, or about to be found dead, is not the cluster's.
      boolean cutOff = failure.code() == FailureCode.NO_MAJORITY && node.refusesWrites() == null;
      if (cutOff || AGAIN.contains(failure.code())) {
        again(failure);
      } else {
        answer.fail(failure.toException());
      }
    }

    private void again(Failure failure) {
      if (lane.now() + pause >= deadline) {
        answer.fail(failure.toException());
        return;
      }
      lane.timer(pause, this::ask);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }
}
