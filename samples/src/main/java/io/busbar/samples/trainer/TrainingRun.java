package io.busbar.samples.trainer;

import io.busbar.juniper.training.CascadeAdd;
import io.busbar.juniper.training.MetricsRow;
import io.busbar.juniper.training.TrainingEvent;
import io.busbar.juniper.training.TrainingState;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: trains the output, then grows the network unit by unit and trains the output again,
 * until nothing is left to learn. Blocks, so it has a thread of its own.
 */
final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS");
  private static final int EVERY = 25;
  private static final double SOLVED = 1e-4;

  private final TrainingBoard board;
  private final Network network;
  private final Growth growth;
  private final Random random;
  private int steps;

  /**
   * @param pool null = all candidates are trained in this process
   */
  TrainingRun(TrainingBoard board, DataSet data, long seed, WorkerPool pool) {
    this.board = board;
    this.network = new Network(data);
    this.random = new Random(seed);
    this.growth = new Growth(board, network, random, pool);
  }

  /** The whole run; never throws but for errors of the machine. */
  void run() {
    String last = TrainingState.FAILED;
    try {
      board.begins();
      String reason = train();
      LOG.info(
          "training is complete: {}, {} units, accuracy {}",
          reason,
          network.hiddenUnits(),
          network.accuracy());
      last = TrainingState.COMPLETED;
    } catch (RunStoppedException e) {
      LOG.debug("training was stopped", e);
      last = TrainingState.STOPPED;
    } catch (RuntimeException e) {
      LOG.error("training failed", e);
    } finally {
      end(last);
    }
  }

  private void end(String last) {
    try {
      board.ends(last, TrainingEvent.trainingComplete());
    } catch (RunStoppedException e) {
      LOG.debug("the trainer is closing, its last state is not told", e);
    }
  }

  Network network() {
    return network;
  }

  /** Why it is complete. */
  private String train() {
    if (board.parameters().text("init_output_weights").equals("random")) {
      network.randomOutput(random);
    }
    trainOutput();
    String reason = grow();
    if (network.hiddenUnits() > 0) {
      board.tell(network.topology());
    }
    return reason;
  }

  private String grow() {
    for (int round = 1; ; round++) {
      Parameters now = board.parameters();
      if (network.loss() < SOLVED) {
        return "residual_collapsed";
      }
      if (round > now.count("max_iterations")
          || network.hiddenUnits() >= now.count("max_hidden_units")) {
        return "max_iterations";
      }
      grown(round, now);
      board.phase(TrainingBoard.CANDIDATE, "training_candidates");
      Candidate.Trained best = growth.best(now);
      if (best.correlation() < now.number("correlation_threshold")) {
        return "below_threshold";
      }
      install(best);
      board.phase(TrainingBoard.OUTPUT, "training_output");
      trainOutput();
    }
  }

  private void grown(int round, Parameters now) {
    TrainingState.Progress p = board.progress();
    board.progress(
        new TrainingState.Progress(
            p.currentEpoch(), round, now.growths(), 0, now.count("candidate_epochs"), 0, 0));
  }

  private void install(Candidate.Trained best) {
    board.phase(TrainingBoard.CANDIDATE, "adding_candidate");
    int index = network.hiddenUnits();
    network.install(best.unit());
    board.tell(new CascadeAdd(now(), index, best.correlation(), network.hiddenUnits()));
    board.tell(network.topology());
  }

  private void trainOutput() {
    Parameters now = board.parameters();
    int epochs = now.count("output_epochs");
    OutputTraining.train(
        network,
        Descent.named(now.text("optimizer_type"), now.number("learning_rate")),
        epochs,
        now.count("patience"),
        now.number("convergence_threshold"),
        (epoch, last) -> {
          board.pass();
          outputProgress(epoch, epochs);
          if (last || epoch % EVERY == 1) {
            board.tell(row(epoch, null, MetricsRow.OUTPUT_EPOCH));
            board.state();
          }
        });
    steps++;
    outputProgress(0, epochs);
    board.tell(row(steps, network.accuracy(), MetricsRow.TRAINING_STEP));
    board.state();
  }

  private void outputProgress(int epoch, int epochs) {
    TrainingState.Progress p = board.progress();
    board.progress(
        new TrainingState.Progress(
            steps,
            p.growIteration(),
            p.growMax(),
            p.candidateEpoch(),
            p.candidateTotalEpochs(),
            epoch,
            epochs));
  }

  private MetricsRow row(int epoch, Double accuracy, String kind) {
    return new MetricsRow(
        epoch,
        now(),
        network.loss(),
        accuracy,
        board.parameters().number("learning_rate"),
        network.hiddenUnits(),
        board.phase().toLowerCase(Locale.ROOT),
        null,
        null,
        kind,
        null);
  }

  private static String now() {
    return LocalDateTime.now().format(LOCAL);
  }
}
