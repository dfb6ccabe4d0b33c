package io.busbar.samples.trainer;

import io.busbar.juniper.training.StateThrottle;
import io.busbar.juniper.training.TrainingMessage;
import io.busbar.juniper.training.TrainingState;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.LongAdder;

/**
 * The state of the trainer as others see it, and the gate that a run passes before everything it
 * says: it waits there while it is paused, and ends there when it is stopped. So nothing of a run
 * follows its state Paused before Started. Any thread.
 */
final class TrainingBoard {
  static final String IDLE = "Idle";
  static final String OUTPUT = "Output";
  static final String CANDIDATE = "Candidate";

  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx");
  private static final TrainingState.Progress NO_PROGRESS = TrainingState.IDLE.progress();
  private static final TrainingState.Candidates NO_CANDIDATES = TrainingState.IDLE.candidates();

  private final ChannelWriter writer;
  private final String dataSet;
  private final LongAdder coalesced;
  private final StateThrottle throttle = new StateThrottle(StateThrottle.MILLIS);

  private String status = TrainingState.STOPPED;
  private String phase = IDLE;
  private String phaseDetail = "";
  private String phaseStartedAt = "";
  private Parameters parameters = Parameters.DEFAULTS;
  private TrainingState.Progress progress = NO_PROGRESS;
  private TrainingState.Candidates candidates = NO_CANDIDATES;
  private boolean stopped;
  private Runnable onStop = () -> {};

  /**
   * @param coalesced counts the states that were not told since another one had just been
   */
  TrainingBoard(ChannelWriter writer, String dataSet, LongAdder coalesced) {
    this.writer = writer;
    this.dataSet = dataSet;
    this.coalesced = coalesced;
  }

  synchronized String status() {
    return status;
  }

  synchronized boolean isPaused() {
    return status.equals(TrainingState.PAUSED);
  }

  synchronized Parameters parameters() {
    return parameters;
  }

  synchronized void parameters(Parameters value) {
    parameters = value;
  }

  // ---- commands; none of them waits ----

  /** A run begins; it says so itself. */
  synchronized void started() {
    stopped = false;
    status = TrainingState.STARTED;
  }

  /** False = the channel takes nothing now, and nothing changed. */
  synchronized boolean pause() {
    return changeStatus(TrainingState.PAUSED);
  }

  /** The same. */
  synchronized boolean resume() {
    boolean done = changeStatus(TrainingState.STARTED);
    notifyAll();
    return done;
  }

  private boolean changeStatus(String next) {
    if (!writer.tryReserve()) {
      return false;
    }
    status = next;
    writeState(true);
    return true;
  }

  /** The run ends at its next step. */
  synchronized void stop() {
    stopped = true;
    onStop.run();
    notifyAll();
  }

  /** Forgets the run before. */
  synchronized boolean reset() {
    if (!writer.tryReserve()) {
      return false;
    }
    clear();
    writeState(true);
    return true;
  }

  private void clear() {
    status = TrainingState.STOPPED;
    phase = IDLE;
    phaseDetail = "";
    phaseStartedAt = "";
    progress = NO_PROGRESS;
    candidates = NO_CANDIDATES;
  }

  // ---- the run ----

  /** Waits while the run is paused; throws when it was stopped. */
  synchronized void pass() {
    while (status.equals(TrainingState.PAUSED) && !stopped) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RunStoppedException();
      }
    }
    if (stopped) {
      throw new RunStoppedException();
    }
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  /** What else is to be done when the run is stopped, at once if it is; does not wait. */
  synchronized void onStop(Runnable action) {
    onStop = action;
    if (stopped) {
      action.run();
    }
  }

  /** A network was made, and its training begins. */
  void begins() {
    say(
        () -> {
          clear();
          writeState(true);
          status = TrainingState.STARTED;
          enter(OUTPUT, "training_output");
          writeState(true);
        },
        2);
  }

  void phase(String next, String detail) {
    say(
        () -> {
          enter(next, detail);
          writeState(true);
        },
        1);
  }

  synchronized void progress(TrainingState.Progress value) {
    progress = value;
  }

  synchronized void candidates(TrainingState.Candidates value) {
    candidates = value;
  }

  synchronized TrainingState.Progress progress() {
    return progress;
  }

  synchronized String phase() {
    return phase;
  }

  /** Tells the state, unless it was told just now. */
  void state() {
    say(() -> writeState(false), 1);
  }

  void tell(TrainingMessage message) {
    say(() -> writer.write(message), 1);
  }

  /**
   * @param messages that the action writes
   */
  private void say(Runnable action, int messages) {
    writer.reserve(messages);
    boolean said = false;
    synchronized (this) {
      try {
        pass();
        action.run();
        said = true;
      } finally {
        if (!said) {
          writer.release(messages);
        }
      }
    }
  }

  /** The last words of a run, also of one that was stopped. */
  void ends(String last, TrainingMessage message) {
    writer.reserve(2);
    synchronized (this) {
      status = last;
      enter(IDLE, "");
      writeState(true);
      writer.write(message);
    }
  }

  private void enter(String next, String detail) {
    phase = next;
    phaseDetail = detail;
    phaseStartedAt = OffsetDateTime.now(ZoneOffset.UTC).format(UTC);
  }

  /** With a reserved place. */
  private void writeState(boolean forced) {
    TrainingState state = snapshot();
    boolean passes = throttle.passes(state, System.nanoTime() / 1_000_000);
    if (passes || forced) {
      writer.write(state);
    } else {
      coalesced.increment();
      writer.release(1);
    }
  }

  private TrainingState snapshot() {
    return new TrainingState(
        status,
        phase,
        phaseDetail,
        phaseStartedAt,
        System.currentTimeMillis() / 1e3,
        new TrainingState.Settings(
            parameters.number("learning_rate"),
            parameters.count("max_hidden_units"),
            parameters.maxEpochs(),
            parameters.count("max_iterations"),
            "CasCor-2x1",
            dataSet,
            parameters.text("activation_function_name"),
            parameters.text("optimizer_type")),
        progress,
        candidates);
  }
}
