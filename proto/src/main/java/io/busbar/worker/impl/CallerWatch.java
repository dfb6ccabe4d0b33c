package io.busbar.worker.impl;

import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.CallQuery;
import io.busbar.bus.v1.CallsAlive;
import io.busbar.call.CallServices;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Asks the callers on other nodes, one message per lane and period, whether they still follow the
 * attempts that run here: a cancel may be lost, and a worker that is silent sends nothing that
 * could be refused. An attempt nobody follows is cancelled, so are those of a lane that is silent.
 */
final class CallerWatch {
  private static final int MAX_PER_MESSAGE = 1000;

  private final Lane lane;
  private final LanePort port;
  private final long period;
  private final Set<Endpoint> asked = new HashSet<>();
  private Lane.Timer timer;

  CallerWatch(Lane lane, LanePort port) {
    this.lane = lane;
    this.port = port;
    this.period = Math.max(lane.options().probeMillis(), lane.options().lostAfterMillis() / 3);
  }

  /** Whether the caller follows that one attempt. */
  Future<Boolean> follows(Attempt attempt, long timeoutMillis) {
    CallsAlive question = CallsAlive.newBuilder().addCalls(query(attempt)).build();
    return lane.ask(
            attempt.caller(), CallServices.ALIVE, question, Duration.ofMillis(timeoutMillis))
        .map(answer -> answer.getCallsCount() == 0);
  }

  /** An attempt of a caller on another node began. */
  void started(Attempt attempt) {
    if (timer == null && remote(attempt)) {
      timer = lane.timer(period, this::round);
    }
  }

  private boolean remote(Attempt attempt) {
    return !attempt.caller().node().equals(lane.endpoint().node());
  }

  private void round() {
    timer = null;
    long now = lane.now();
    boolean any = false;
    Map<Endpoint, List<Attempt>> byCaller = new HashMap<>();
    for (Attempt attempt : port.attempts()) {
      if (remote(attempt)) {
        any = true;
        if (now - attempt.checkedAt() >= period && !asked.contains(attempt.caller())) {
          List<Attempt> list =
              byCaller.computeIfAbsent(attempt.caller(), caller -> new ArrayList<>());
          if (list.size() < MAX_PER_MESSAGE) {
            attempt.checked(now);
            list.add(attempt);
          }
        }
      }
    }
    byCaller.forEach(this::ask);
    if (any) {
      timer = lane.timer(period, this::round);
    }
  }

  private void ask(Endpoint caller, List<Attempt> attempts) {
    CallsAlive.Builder question = CallsAlive.newBuilder();
    for (Attempt attempt : attempts) {
      question.addCalls(query(attempt));
    }
    asked.add(caller);
    Duration patience = Duration.ofMillis(lane.options().lostAfterMillis());
    lane.ask(caller, CallServices.ALIVE, question.build(), patience)
        .onComplete(
            answer -> {
              asked.remove(caller);
              if (answer.succeeded()) {
                for (CallQuery gone : answer.result().getCallsList()) {
                  cancel(port.attempt(CallId.fromWire(gone.getId()), gone.getAttempt()));
                }
              } else {
                callerLost(caller, Failure.of(answer.cause()));
              }
            });
  }

  private void callerLost(Endpoint caller, Failure why) {
    if (why.code() == FailureCode.NODE_LOST || why.code() == FailureCode.DEADLINE_EXCEEDED) {
      port.cancelIf(
          attempt -> attempt.caller().equals(caller),
          Failure.of(FailureCode.CALLER_GONE, "the caller's lane does not answer"));
    }
  }

  private static void cancel(Attempt attempt) {
    if (attempt != null) {
      attempt.cancel(
          Failure.of(FailureCode.CALLER_GONE, "the caller does not follow this attempt"));
    }
  }

  private static CallQuery query(Attempt attempt) {
    return CallQuery.newBuilder().setId(attempt.wireId()).setAttempt(attempt.number()).build();
  }
}
