package io.busbar.bus.impl;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Service;
import io.busbar.bus.v1.Answer;
import io.busbar.bus.v1.Ask;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Tell;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Asking, answering and telling on one lane. */
final class Questions {
  /** Questions that wait for an answer; more are refused with UNAVAILABLE. */
  private static final int MAX_OPEN = 65_536;

  private final LaneIo io;
  private final BusOptions options;
  private final BusObserver observer;
  private final Outboxes outboxes;
  private final Watch watch;
  private final Map<Long, Question<?>> open = new HashMap<>();
  private final Map<String, Server<?, ?>> servers = new HashMap<>();
  private final Answered answered;
  private long lastId;

  Questions(LaneIo io, BusOptions options, Outboxes outboxes, Watch watch, BusObserver observer) {
    this.io = io;
    this.options = options;
    this.outboxes = outboxes;
    this.watch = watch;
    this.observer = observer;
    this.answered = new Answered(4 * options.lostAfterMillis());
  }

  private record Server<Q, R>(Service<Q, R> service, Function<Q, Future<R>> answer) {
    Future<R> handle(ByteString body) {
      Q question;
      try {
        question = service.question().parseFrom(body);
      } catch (InvalidProtocolBufferException e) {
        return Future.failedFuture(
            Failure.of(
                    FailureCode.INVALID_REQUEST,
                    service.name() + ": the question cannot be parsed: " + e.getMessage())
                .toException());
      }
      try {
        return answer.apply(question);
      } catch (RuntimeException e) {
        return Future.failedFuture(e);
      }
    }
  }

  /** A question that waits. */
  private final class Question<R> extends Watched {
    private final Endpoint to;
    private final Service<?, R> service;
    private final long id;
    private final ByteString body;
    private final long deadline;
    private final Promise<R> promise = Promise.promise();
    private long delay;
    private long repeatAt;

    private Question(
        Endpoint to, Service<?, R> service, long id, ByteString body, long now, long timeout) {
      this.to = to;
      this.service = service;
      this.id = id;
      this.body = body;
      this.deadline = now + timeout;
      this.delay = options.probeMillis();
      this.repeatAt = now + delay;
    }

    private void send(long now) {
      Ask ask =
          Ask.newBuilder()
              .setId(id)
              .setService(service.name())
              .setBody(body)
              .setRemainingMs(Math.max(1, deadline - now))
              .build();
      outboxes.send(to, Item.newBuilder().setAsk(ask).build());
    }

    @Override
    void tick(long now) {
      if (now >= deadline) {
        fail(
            Failure.of(
                FailureCode.DEADLINE_EXCEEDED, service.name() + ": no answer from " + to.node()));
      } else if (now >= repeatAt) {
        delay = Math.min(2 * delay, 16 * options.probeMillis());
        repeatAt = now + delay;
        send(now);
      }
    }

    private void fail(Failure failure) {
      if (close()) {
        promise.fail(failure.toException());
      }
    }

    private void answer(Answer answer) {
      if (!close()) {
        return;
      }
      if (answer.hasFailure()) {
        promise.fail(Failure.fromWire(answer.getFailure()).toException());
        return;
      }
      R result;
      try {
        result = service.answer().parseFrom(answer.getBody());
      } catch (InvalidProtocolBufferException e) {
        promise.fail(
            Failure.of(
                    FailureCode.INTERNAL,
                    service.name() + ": the answer cannot be parsed: " + e.getMessage())
                .toException());
        return;
      }
      promise.complete(result);
    }

    private boolean close() {
      watch.remove(this);
      return open.remove(id) != null;
    }
  }

  <Q, R> Future<R> ask(Endpoint to, Service<Q, R> service, Q question, Duration timeout) {
    if (open.size() >= MAX_OPEN) {
      return Future.failedFuture(
          Failure.of(FailureCode.UNAVAILABLE, service.name() + ": too many open questions")
              .toException());
    }
    long now = io.now();
    Question<R> asked =
        new Question<>(
            to, service, ++lastId, bytes(question), now, Math.max(1, timeout.toMillis()));
    open.put(asked.id, asked);
    watch.add(asked);
    asked.send(now);
    return asked.promise.future();
  }

  <Q> void tell(Endpoint to, Service<Q, ?> service, Q message) {
    Tell tell = Tell.newBuilder().setService(service.name()).setBody(bytes(message)).build();
    outboxes.send(to, Item.newBuilder().setTell(tell).build());
  }

  <Q, R> void serve(Service<Q, R> service, Function<Q, Future<R>> answer) {
    if (servers.putIfAbsent(service.name(), new Server<>(service, answer)) != null) {
      throw new IllegalStateException(service.name() + " is served on this lane already");
    }
  }

  private static ByteString bytes(Object message) {
    return ((MessageLite) message).toByteString();
  }

  // ---- what arrives

  void asked(Endpoint from, Ask ask) {
    Answered.Entry known = answered.get(from, ask.getId());
    if (known != null) {
      if (known.answer() != null) {
        outboxes.send(from, known.answer());
      }
      return;
    }
    Server<?, ?> server = servers.get(ask.getService());
    if (server == null) {
      Failure none =
          Failure.of(
              FailureCode.NOT_IMPLEMENTED,
              "no service '" + Failure.shorten(ask.getService(), 100) + "' on this lane");
      reply(from, answer(ask.getId()).setFailure(none.toWire()).build());
      return;
    }
    long id = ask.getId();
    answered.begin(from, id, io.now());
    server
        .handle(ask.getBody())
        .onComplete(
            done -> {
              Answer.Builder answer = answer(id);
              if (done.succeeded()) {
                answer.setBody(bytes(done.result()));
              } else {
                answer.setFailure(Failure.of(done.cause()).toWire());
              }
              Answer built = answer.build();
              if (io.onLane()) {
                answered(from, built);
              } else {
                io.later(() -> answered(from, built));
              }
            });
  }

  private static Answer.Builder answer(long id) {
    return Answer.newBuilder().setId(id);
  }

  private void answered(Endpoint from, Answer answer) {
    answered.end(from, answer.getId(), Item.newBuilder().setAnswer(answer).build());
    reply(from, answer);
  }

  private void reply(Endpoint to, Answer answer) {
    outboxes.send(to, Item.newBuilder().setAnswer(answer).build());
  }

  void answer(Endpoint from, Answer answer) {
    Question<?> question = open.get(answer.getId());
    if (question != null && question.to.equals(from)) {
      question.answer(answer);
    }
  }

  void told(Tell tell) {
    Server<?, ?> server = servers.get(tell.getService());
    if (server == null) {
      observer.garbage("tell for an unknown service");
      return;
    }
    server.handle(tell.getBody()).onFailure(observer::handlerFailed);
  }

  void peerLeft(String node) {
    failAll(node, Failure.of(FailureCode.NODE_LOST, "node " + node + " left the cluster"));
    answered.peerLeft(node);
  }

  void close(Failure reason) {
    failAll(null, reason);
  }

  private void failAll(String node, Failure reason) {
    for (Question<?> question : new ArrayList<>(open.values())) {
      if (node == null || question.to.node().equals(node)) {
        question.fail(reason);
      }
    }
  }
}
