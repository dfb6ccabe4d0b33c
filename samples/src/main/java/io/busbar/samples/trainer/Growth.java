package io.busbar.samples.trainer;

import io.busbar.juniper.training.CandidateProgress;
import io.busbar.juniper.training.TrainingState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a pool of candidates against what the network gets wrong, and finds the best. Those that
 * no worker trains are trained here. What a worker says of its unit does not count: its correlation
 * is measured here. On the run's thread.
 */
final class Growth {
  private static final Logger LOG = LoggerFactory.getLogger(Growth.class);
  private static final int EVERY = 50;

  private final TrainingBoard board;
  private final Network network;
  private final Random random;
  private final WorkerPool pool;

  /**
   * @param pool null = none
   */
  Growth(TrainingBoard board, Network network, Random random, WorkerPool pool) {
    this.board = board;
    this.network = network;
    this.random = random;
    this.pool = pool;
  }

  Candidate.Trained best(Parameters now) {
    CandidateTraining.Plan plan = now.candidatePlan();
    double[] residual = network.residual();
    CandidateTraining here = new CandidateTraining(network.features(), residual, plan);
    List<Candidate> candidates = candidates(now.count("candidate_pool_size"));
    WorkerPool.Round round =
        pool == null
            ? null
            : pool.round(
                new CandidateTask(network.features(), network.data().targets(), residual, plan));
    List<Candidate.Trained> trained = new ArrayList<>();
    board.candidates(standing(trained, candidates.size()));
    try {
      List<CompletableFuture<HiddenUnit>> away = new ArrayList<>();
      if (round != null) {
        board.onStop(round::cancel);
        candidates.forEach(candidate -> away.add(round.train(candidate)));
      }
      for (Candidate candidate : candidates) {
        HiddenUnit unit = away.isEmpty() ? null : unit(candidate, away.get(candidate.id()));
        if (unit != null) {
          trained.add(new Candidate.Trained(candidate, unit, here.correlation(unit)));
          told(trained.get(trained.size() - 1), plan.epochs(), plan.epochs());
        } else {
          trained.add(
              here.train(
                  candidate,
                  (epoch, correlation, last) ->
                      progress(candidate, epoch, plan.epochs(), correlation, last)));
        }
        board.candidates(standing(trained, candidates.size()));
        board.state();
      }
    } finally {
      if (round != null) {
        board.onStop(() -> {});
        round.cancel();
      }
    }
    return ranked(trained).get(0);
  }

  private List<Candidate> candidates(int count) {
    List<Candidate> candidates = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      UUID uuid = new UUID(random.nextLong(), random.nextLong());
      // The bits that make it a random one, so that a run's names come of its seed too.
      long high = (uuid.getMostSignificantBits() & ~0xf000L) | 0x4000L;
      long low = (uuid.getLeastSignificantBits() & ~(3L << 62)) | (2L << 62);
      candidates.add(new Candidate(id, new UUID(high, low).toString(), random.nextLong()));
    }
    return candidates;
  }

  /** Null = no worker made it. */
  private HiddenUnit unit(Candidate candidate, CompletableFuture<HiddenUnit> away) {
    try {
      return away.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunStoppedException();
    } catch (ExecutionException e) {
      board.pass();
      LOG.debug("candidate {} is trained here", candidate.id(), e.getCause());
      return null;
    }
  }

  private void progress(
      Candidate candidate, int epoch, int epochs, double correlation, boolean last) {
    board.pass();
    if (last || epoch % EVERY == 0) {
      told(candidate, epoch, epochs, correlation);
    }
  }

  private void told(Candidate.Trained trained, int epoch, int epochs) {
    told(trained.candidate(), epoch, epochs, trained.correlation());
  }

  private void told(Candidate candidate, int epoch, int epochs, double correlation) {
    TrainingState.Progress p = board.progress();
    board.progress(
        new TrainingState.Progress(
            p.currentEpoch(), p.growIteration(), p.growMax(), epoch, epochs, 0, 0));
    board.tell(new CandidateProgress(candidate.id(), candidate.uuid(), epoch, epochs, correlation));
  }

  private static List<Candidate.Trained> ranked(List<Candidate.Trained> trained) {
    return trained.stream()
        .sorted(Comparator.comparingDouble(Candidate.Trained::correlation).reversed())
        .toList();
  }

  private static TrainingState.Candidates standing(List<Candidate.Trained> trained, int total) {
    List<Candidate.Trained> ranked = ranked(trained);
    Candidate.Trained best = ranked.isEmpty() ? null : ranked.get(0);
    Candidate.Trained second = ranked.size() < 2 ? null : ranked.get(1);
    return new TrainingState.Candidates(
        trained.size(),
        total,
        best == null ? 0 : best.correlation(),
        best == null ? -1 : best.candidate().id(),
        best == null ? "" : best.candidate().uuid(),
        second == null ? null : Integer.valueOf(second.candidate().id()),
        second == null ? 0 : second.correlation(),
        trained.stream().map(Candidate.Trained::correlation).toList());
  }
}
