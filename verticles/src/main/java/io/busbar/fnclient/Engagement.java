package io.busbar.fnclient;

import io.busbar.bus.Deadlines;
import io.busbar.bus.v1.Outcome;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.FnFrames;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.CallResultStart;
import io.busbar.fnclient.RunnerObserver.Oddity;
import io.busbar.fnclient.RunnerOutcome.Kind;
import io.busbar.grpc.ClientConnection;
import io.busbar.grpc.ClientStream;
import io.busbar.worker.ServedCall;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;

/**
 * One call on a runner: one TryCall, body frames, an empty eof frame with the end of our side; then
 * what the runner says, checked, until its finish. Nothing a runner sends after its finish changes
 * how the call ended. All on the lane.
 */
final class Engagement implements RunnerLink.Seeker, ClientStream.Listener {
  private static final String PATH = "/RunnerProtocol/Engage";
  private static final int MOST_HELD = 64 << 10;

  private final DialLane lane;
  private final RunnerLink link;
  private final CallDescription description;
  private final ServedCall served;
  private final RunnerObserver observer;
  private final long begunAt;
  private ClientStream stream;
  private ByteBuf held;
  private boolean corked;
  private boolean bodyEnded;
  private boolean output;
  private boolean eofSeen;
  private boolean over;
  private boolean streamOver;
  private Deadlines.Deadline linger;

  Engagement(DialLane lane, RunnerLink link, CallDescription description, ServedCall served) {
    this.lane = lane;
    this.link = link;
    this.description = description;
    this.served = served;
    this.observer = link.observer();
    this.begunAt = lane.lane.now();
  }

  void begin() {
    observer.callStarted();
    served.cancelHandler(this::cancelled);
    if (over) {
      return;
    }
    try {
      held = TryCallBytes.of(served.offer(), description);
    } catch (RuntimeException e) {
      end(
          Kind.CANCELLED,
          Failure.of(
              FailureCode.INVALID_REQUEST,
              "the call cannot be described to a runner: " + Failure.of(e).detail()));
      return;
    }
    link.seek(this);
  }

  // ---- the connection

  @Override
  public void connected(ClientConnection connection) {
    if (over) {
      return;
    }
    stream = connection.open(PATH, CallMetadata.of(served), this);
    corked = true;
    served.request().handler(this::requestData).endHandler(v -> requestEnded());
    served.request().resume();
    corked = false;
    flush();
  }

  @Override
  public void notConnected(Failure why) {
    if (!over) {
      end(why.code() == FailureCode.BUSY ? Kind.BUSY : Kind.NOT_PROCESSED, why);
    }
  }

  // ---- the request

  private void requestData(Buffer chunk) {
    if (over) {
      return;
    }
    held = FnFrames.addData(held, chunk);
    if (!corked || (held != null && held.readableBytes() > MOST_HELD)) {
      flush();
    }
  }

  private void requestEnded() {
    if (over) {
      return;
    }
    bodyEnded = true;
    held = FnFrames.addEof(held);
    if (!corked) {
      flush();
    }
  }

  private void flush() {
    ByteBuf now = held;
    held = null;
    if (over || now == null) {
      return;
    }
    if (bodyEnded) {
      stream.end(now);
    } else {
      stream.write(now);
      if (stream.full()) {
        served.request().pause();
      }
    }
  }

  @Override
  public void onDrain() {
    if (!over && !bodyEnded) {
      served.request().resume();
    }
  }

  // ---- the answer

  @Override
  public void onMessage(ByteBuf bytes) {
    if (over) {
      observer.ignored(Oddity.MESSAGE_AFTER_FINISHED);
      return;
    }
    RunnerAnswer answer;
    try {
      answer = RunnerAnswer.parse(bytes);
    } catch (IOException e) {
      violation("RunnerMsg: " + e.getMessage());
      return;
    }
    if (answer.data() != null) {
      data(answer);
    } else if (answer.start() != null) {
      start(answer.start());
    } else if (answer.finished() != null) {
      finished(answer.finished());
    } else {
      observer.ignored(Oddity.EMPTY_MESSAGE);
    }
  }

  private void start(CallResultStart start) {
    if (!start.hasHttp()) {
      observer.ignored(Oddity.EMPTY_MESSAGE);
      return;
    }
    if (output) {
      violation("a ResultStart after output");
      return;
    }
    AnswerHead head = AnswerHead.of(start.getHttp(), lane.options);
    if (head.fault() != null) {
      violation(head.fault());
      return;
    }
    output = true;
    served.respond(head.head());
  }

  private void data(RunnerAnswer answer) {
    if (eofSeen && answer.data().isReadable()) {
      observer.ignored(Oddity.DATA_AFTER_EOF);
    }
    eofSeen |= answer.eof();
    if (!answer.data().isReadable()) {
      return;
    }
    output = true;
    served.response().write(BufferInternal.buffer(answer.data()));
    if (!over && served.response().writeQueueFull()) {
      stream.pause();
      served.response().drainHandler(v -> stream.resume());
    }
  }

  private void finished(CallFinished finished) {
    FinishedVerdict verdict = FinishedVerdict.of(finished, output);
    Failure failure = verdict.failure();
    Outcome.Builder outcome = Outcome.newBuilder().setTiming(FinishedVerdict.timing(finished));
    over = true;
    tell(
        verdict.kind(),
        failure,
        finished.getErrorCode(),
        Math.max(0, finished.getSchedulerDuration()),
        Math.max(0, finished.getExecutionDuration()));
    if (failure == null) {
      lingerForEnd();
      served.end(outcome.build());
    } else {
      closeStream();
      served.end(outcome.setFailure(located(failure).toWire()).build());
    }
  }

  @Override
  public void onEnd(int status, String text) {
    streamOver();
    if (over) {
      if (status != 0) {
        observer.ignored(Oddity.STATUS_AFTER_FINISHED);
      }
    } else if (status == FinishedVerdict.BUSY) {
      FinishedVerdict verdict = FinishedVerdict.busy("grpc-status 503 " + text, output);
      end(verdict.kind(), verdict.failure());
    } else if (status == 0) {
      end(
          Kind.DROPPED,
          Failure.of(FailureCode.WORKER_LOST, said("ended the call without a finish")));
    } else {
      end(
          Kind.PLATFORM_ERROR,
          Failure.of(
              FailureCode.WORKER_REJECTED,
              said("ended the call with grpc-status " + status + " " + text)));
    }
  }

  @Override
  public void onLost(ClientStream.Loss loss) {
    streamOver();
    if (over) {
      if (loss.kind() == ClientStream.Loss.Kind.FAULT) {
        observer.ignored(Oddity.STATUS_AFTER_FINISHED);
      }
      return;
    }
    switch (loss.kind()) {
      case NOT_PROCESSED ->
          end(Kind.NOT_PROCESSED, Failure.of(FailureCode.UNAVAILABLE, said(loss.text())));
      case FAULT -> violation(loss.text());
      case RESET, CONNECTION ->
          end(
              Kind.DROPPED,
              Failure.of(FailureCode.WORKER_LOST, said("did not finish the call: " + loss.text())));
    }
  }

  // ---- ends

  private void violation(String what) {
    end(
        Kind.PROTOCOL_VIOLATION,
        Failure.of(FailureCode.WORKER_PROTOCOL, said("broke the protocol: " + what)));
  }

  private String said(String what) {
    return "runner " + link.target().address() + " " + what;
  }

  private void end(Kind kind, Failure failure) {
    over = true;
    tell(kind, failure, 0, 0, 0);
    closeStream();
    served.fail(failure);
  }

  private Failure located(Failure failure) {
    return failure.at(lane.lane.node().name(), link.workerId());
  }

  /** The caller, a deadline or the end of this runner's place in the pool ended the call. */
  private void cancelled(Failure reason) {
    if (over) {
      return;
    }
    over = true;
    long timeout = served.offer().timeoutMillis();
    boolean silent =
        !output
            && stream != null
            && reason.code() == FailureCode.DEADLINE_EXCEEDED
            && timeout > 0
            && lane.lane.now() - begunAt >= timeout;
    tell(silent ? Kind.SILENT : Kind.CANCELLED, reason, 0, 0, 0);
    if (stream == null) {
      link.forget(this);
    }
    closeStream();
  }

  private void tell(Kind kind, Failure failure, int code, long scheduler, long execution) {
    observer.callEnded(
        new RunnerOutcome(
            kind,
            failure == null ? "" : failure.detail(),
            code,
            scheduler,
            execution,
            lane.lane.now() - begunAt));
  }

  private void closeStream() {
    held = null;
    if (stream != null && !streamOver) {
      stream.close();
    }
    streamOver();
  }

  private void lingerForEnd() {
    held = null;
    stream.resume();
    linger =
        lane.deadlines()
            .in(
                lane.options.linger(),
                () -> {
                  if (!streamOver) {
                    observer.ignored(Oddity.STREAM_LEFT_OPEN);
                    closeStream();
                  }
                });
  }

  private void streamOver() {
    streamOver = true;
    if (linger != null) {
      linger.cancel();
      linger = null;
    }
  }
}
