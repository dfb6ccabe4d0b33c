package io.busbar.contract;

import io.busbar.testing.RunnerCall;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Ten runners, each with a bad habit it follows now and then, and a record of who saw which call.
 */
final class RandomRunners implements AutoCloseable {
  /** A habit, and how often it is followed, in percent. */
  enum Habit {
    OK(0),
    BUSY(50),
    BUSY_FIRST(100),
    BUSY_AFTER_BYTES(50),
    DROP(10),
    GLUED(10),
    SLOW(100),
    SILENT(2),
    GOAWAY(5),
    TINY(0);

    private final int percent;

    Habit(int percent) {
      this.percent = percent;
    }
  }

  /**
   * One TryCall at one runner. Numbers are points in one order of events. All are kept, so none
   * keeps its call and the body.
   */
  static final class Visit {
    final Habit runner;
    final long began;
    private final HttpConnection connection;
    private final int stream;
    private volatile long finalAt = Long.MAX_VALUE;
    private volatile boolean leftOut;

    Visit(Habit runner, long began, RunnerCall call) {
      this.runner = runner;
      this.began = began;
      this.connection = call.request().connection();
      this.stream = call.response().streamId();
    }

    /** From then on no other runner may get the call. */
    long finalAt() {
      return finalAt;
    }

    @Override
    public String toString() {
      return runner + " from " + began + (finalAt == Long.MAX_VALUE ? "" : " final " + finalAt);
    }
  }

  private final List<ScriptedRunner> runners = new ArrayList<>();
  private final Map<String, List<Visit>> visits = new ConcurrentHashMap<>();
  private final AtomicLong order = new AtomicLong();
  private final Vertx vertx;

  RandomRunners(Vertx vertx, long seed) {
    this.vertx = vertx;
    for (Habit habit : Habit.values()) {
      Random random = new Random(seed + habit.ordinal());
      UnaryOperator<io.vertx.core.http.HttpServerOptions> tiny =
          options ->
              habit == Habit.TINY
                  ? options.setInitialSettings(new Http2Settings().setMaxConcurrentStreams(2))
                  : options;
      ScriptedRunner runner = ScriptedRunner.start(vertx, call -> serve(habit, random, call), tiny);
      runner.forgetEnded();
      runners.add(runner);
    }
  }

  List<String> addresses() {
    return runners.stream().map(runner -> runner.host() + ":" + runner.port()).toList();
  }

  /** Who saw a call, in the order of their seeing it. */
  List<Visit> visits(String caseId) {
    return visits.getOrDefault(caseId, List.of());
  }

  /** How many streams each runner has open, if any. */
  Map<Habit, Integer> openStreams() {
    Map<Habit, Integer> open = new EnumMap<>(Habit.class);
    for (Habit habit : Habit.values()) {
      int streams = runners.get(habit.ordinal()).open();
      if (streams > 0) {
        open.put(habit, streams);
      }
    }
    return open;
  }

  private void serve(Habit habit, Random random, RunnerCall call) {
    Visit visit = new Visit(habit, order.incrementAndGet(), call);
    List<Visit> seen =
        visits.computeIfAbsent(
            call.header("X-Case"), id -> java.util.Collections.synchronizedList(new ArrayList<>()));
    seen.add(visit);
    boolean follows;
    synchronized (random) {
      follows = random.nextInt(100) < habit.percent;
    }
    if (!follows) {
      echo(visit, call);
      return;
    }
    switch (habit) {
      case BUSY -> RunnerScripts.busy(call);
      case BUSY_FIRST -> {
        if (seen.size() == 1) {
          RunnerScripts.busy(call);
        } else {
          echo(visit, call);
        }
      }
      case BUSY_AFTER_BYTES -> RunnerScripts.busyAfter(100_000).accept(call);
      case DROP ->
          call.body()
              .onSuccess(
                  body -> {
                    finish(visit);
                    dropOthers(visit);
                    call.start(200).data("half");
                    call.drop();
                  });
      case GLUED ->
          call.body()
              .onSuccess(
                  body -> {
                    if (finish(visit)) {
                      RunnerScripts.glued(call);
                    }
                  });
      case SLOW -> vertx.setTimer(20, t -> call.context().runOnContext(v -> echo(visit, call)));
      case SILENT -> RunnerScripts.silent(call);
      case GOAWAY -> goAway(visit, call);
      default -> echo(visit, call);
    }
  }

  private void echo(Visit visit, RunnerCall call) {
    call.body()
        .onSuccess(
            body -> {
              if (finish(visit)) {
                call.start(200);
                for (int at = 0; at < body.length(); at += 10_240) {
                  call.data(body.getBytes(at, Math.min(body.length(), at + 10_240)));
                }
                call.succeed();
              }
            });
  }

  /** The runner is about to say something that ends the call's search; false = it may not. */
  private boolean finish(Visit visit) {
    if (visit.leftOut) {
      return false;
    }
    visit.finalAt = order.incrementAndGet();
    return true;
  }

  /** The connection that is cut takes other calls with it, for good. */
  private void dropOthers(Visit visit) {
    all()
        .filter(other -> other.connection == visit.connection)
        .filter(other -> other.finalAt == Long.MAX_VALUE && !other.leftOut)
        .forEach(this::finish);
  }

  /** A GOAWAY that leaves this call out, and with it all later ones of its connection. */
  private void goAway(Visit visit, RunnerCall call) {
    all()
        .filter(other -> other.connection == visit.connection)
        .filter(other -> other.stream >= visit.stream)
        .forEach(other -> other.leftOut = true);
    call.goAway(-2);
  }

  private java.util.stream.Stream<Visit> all() {
    return visits.values().stream().flatMap(list -> List.copyOf(list).stream());
  }

  @Override
  public void close() {
    runners.forEach(ScriptedRunner::close);
  }
}
