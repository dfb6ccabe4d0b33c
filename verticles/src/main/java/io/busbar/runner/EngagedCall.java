package io.busbar.runner;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.Timing;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.WireDate;
import io.busbar.routing.CallFacts;
import java.util.List;
import java.util.Map;

/** A TryCall, read and routed; and what is said of it at its end. */
final class EngagedCall {
  private static final CallFacts NOTHING =
      new CallFacts("", "", "", "", "", 0, "", "", "", List.of(), Map.of());

  private final CallFacts facts;
  private final String pool;
  private final String affinity;
  private final RequestHead head;
  private final long createdAt;
  private final long createdNanos;
  private final long openedAt;
  private long takenNanos;

  private EngagedCall(
      CallFacts facts, String pool, String affinity, RequestHead head, long openedAt) {
    this.facts = facts;
    this.pool = pool;
    this.affinity = affinity;
    this.head = head;
    this.createdAt = System.currentTimeMillis();
    this.createdNanos = System.nanoTime();
    this.openedAt = openedAt;
  }

  /** A call that is refused without having been read. */
  static EngagedCall unread() {
    return new EngagedCall(NOTHING, "", "", RequestHead.getDefaultInstance(), 0);
  }

  static EngagedCall read(ClientMessage message, RunnerLane lane, Map<String, ByteString> metadata)
      throws BadCallException {
    FieldRules.slotHash(message.slotHash());
    CallFacts facts = lane.json.read(message.bytes(), message.jsonOffset(), message.jsonLength());
    String pool = lane.routes.poolOf(facts, message.extensions());
    String affinity = lane.affinity.apply(pool).keyOf(facts, message.slotHash());
    RequestHead.Builder head =
        RequestHead.newBuilder()
            .setOrigin("fn")
            .setMethod(facts.method().isEmpty() ? "POST" : facts.method())
            .setUri(facts.url())
            .addAllHeaders(facts.headers())
            .setOriginal(
                UnsafeByteOperations.unsafeWrap(
                    message.bytes(), message.jsonOffset(), message.jsonLength()))
            .setSlotHash(message.slotHash())
            .setClientId(facts.id())
            .setDetached(facts.detached())
            .setContentLength(contentLength(facts.headers()))
            .setFnId(facts.fnId())
            .setAppId(facts.appId());
    // Even an empty map would make the builder's own.
    if (!message.extensions().isEmpty()) {
      head.putAllExtensions(message.extensions());
    }
    if (!metadata.isEmpty()) {
      head.putAllMetadata(metadata);
    }
    return new EngagedCall(facts, pool, affinity, head.build(), lane.lane.now());
  }

  CallFacts facts() {
    return facts;
  }

  /** Why such a call is never taken here; null = it may be. */
  Failure refusal(RunnerOptions options) {
    if (!options.status().image().isEmpty() && options.status().image().equals(facts.image())) {
      return Failure.of(FailureCode.INVALID_REQUEST, "Invalid Fn image");
    }
    if (facts.detached() && !options.detached()) {
      return Failure.of(FailureCode.NOT_IMPLEMENTED, "detached calls are switched off here");
    }
    if (facts.timeoutSeconds() <= 0) {
      return Failure.of(
              FailureCode.DEADLINE_EXCEEDED,
              "models_call_json.timeout: " + facts.timeoutSeconds() + ", expected seconds above 0")
          .withUser(true);
    }
    return null;
  }

  CallRequest request(long remainingMillis) {
    return new CallRequest(
        pool, head, remainingMillis, facts.timeoutSeconds() * 1000L, 0, "", affinity);
  }

  /** Whether the function's time is over, counted from the TryCall. */
  boolean timedOut(long now) {
    return now - openedAt >= facts.timeoutSeconds() * 1000L;
  }

  CallFinished succeeded(CallEnd end, Call call) {
    return about(end, call).setSuccess(true).build();
  }

  CallFinished failed(Failure failure, boolean output, boolean ran, CallEnd end, Call call) {
    FinishedTable.Verdict verdict = FinishedTable.of(failure, output, ran);
    return about(end, call)
        .setErrorCode(verdict.code())
        .setErrorStr(FinishedTable.text(failure))
        .setErrorUser(verdict.user())
        .build();
  }

  /** A worker has the call from now on. */
  void taken() {
    if (takenNanos == 0) {
      takenNanos = System.nanoTime();
    }
  }

  private CallFinished.Builder about(CallEnd end, Call call) {
    CallFinished.Builder finished =
        CallFinished.newBuilder()
            .setDetails(facts.id().isEmpty() && call != null ? call.id().toString() : facts.id())
            .setCreatedAt(WireDate.of(createdAt))
            .setImage(facts.image());
    Timing timing =
        end == null || end.timing() == null ? Timing.getDefaultInstance() : end.timing();
    if (timing.getStartedAt() != 0 && timing.getCompletedAt() != 0) {
      measuredByWorker(finished, timing);
    } else if (takenNanos != 0) {
      measuredHere(finished);
    }
    return finished;
  }

  private void measuredHere(CallFinished.Builder finished) {
    long scheduling = Math.max(0, takenNanos - createdNanos);
    long executing = Math.max(1, System.nanoTime() - takenNanos);
    finished
        .setStartedAt(WireDate.of(createdAt + scheduling / 1_000_000))
        .setCompletedAt(WireDate.of(createdAt + (scheduling + executing) / 1_000_000))
        .setSchedulerDuration(scheduling)
        .setExecutionDuration(executing);
  }

  private static void measuredByWorker(CallFinished.Builder finished, Timing timing) {
    finished
        .setStartedAt(WireDate.of(timing.getStartedAt()))
        .setCompletedAt(WireDate.of(timing.getCompletedAt()))
        .setSchedulerDuration(timing.getScheduler())
        .setExecutionDuration(timing.getExecution())
        .setImagePullWaitDuration(timing.getImagePullWait())
        .setCtrPrepDuration(timing.getContainerPrep())
        .setCtrCreateDuration(timing.getContainerCreate())
        .setInitStartTime(timing.getInitStart());
    if (!timing.getImage().isEmpty()) {
      finished.setImage(timing.getImage());
    }
  }

  private static long contentLength(List<Header> headers) {
    for (Header header : headers) {
      if (header.getName().equalsIgnoreCase("Content-Length")) {
        return number(header.getValue());
      }
    }
    return -1;
  }

  private static long number(String value) {
    if (value.isEmpty() || value.length() > 18) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }
}
