package io.busbar.samples.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.training.CandidateProgress;
import io.busbar.juniper.training.CascadeAdd;
import io.busbar.juniper.training.MetricsRow;
import io.busbar.juniper.training.Topology;
import io.busbar.juniper.training.TrainingEvent;
import io.busbar.juniper.training.TrainingMessage;
import io.busbar.juniper.training.TrainingState;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainingRunTest {
  private final Vertx vertx = Vertx.vertx();
  private final FakeChannels channels = new FakeChannels();
  private final ChannelWriter writer =
      new ChannelWriter(channels, vertx.getOrCreateContext(), "training");

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private TrainingRun run(DataSet data, Map<String, ?> parameters) {
    TrainingBoard board = new TrainingBoard(writer, data.name(), new LongAdder());
    board.parameters(Parameters.DEFAULTS.with(parameters).after());
    TrainingRun run = new TrainingRun(board, data, 7, null);
    run.run();
    return run;
  }

  private List<TrainingMessage> told() {
    return channels.until(message -> message instanceof TrainingEvent);
  }

  private static <T> List<T> only(Class<T> type, List<TrainingMessage> all) {
    return all.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void xorIsSolvedExactlyWithFewUnits() {
    Network network = run(DataSet.xor(), Map.of()).network();
    assertEquals(1.0, network.accuracy());
    assertTrue(network.loss() < 1e-4, () -> "loss " + network.loss());
    assertTrue(network.hiddenUnits() <= 3, () -> network.hiddenUnits() + " units");
  }

  @Test
  void theErrorOnTwoSpiralsFallsWithEveryFewUnits() {
    Network network =
        run(DataSet.spirals(30), Map.of("max_hidden_units", 8, "candidate_pool_size", 4)).network();
    List<MetricsRow> steps =
        only(MetricsRow.class, told()).stream()
            .filter(row -> row.kind().equals(MetricsRow.TRAINING_STEP))
            .toList();
    assertEquals(8, network.hiddenUnits());
    assertEquals(9, steps.size());
    double first = steps.get(0).loss();
    assertTrue(steps.get(4).loss() < first, steps::toString);
    assertTrue(steps.get(8).loss() < 0.7 * first, steps::toString);
  }

  @Test
  void theSameSeedGivesTheSameNetwork() {
    Map<String, Integer> few = Map.of("max_hidden_units", 2, "candidate_pool_size", 3);
    assertEquals(
        run(DataSet.spirals(10), few).network().topology(),
        run(DataSet.spirals(10), few).network().topology());
  }

  /** Type, and of a state its status and phase; the same ones in a row once. */
  private static List<String> outline(List<TrainingMessage> all) {
    List<String> outline = new ArrayList<>();
    for (TrainingMessage message : all) {
      String line =
          message instanceof TrainingState state
              ? state.status() + " " + state.phase()
              : message.type();
      if (outline.isEmpty() || !outline.get(outline.size() - 1).equals(line)) {
        outline.add(line);
      }
    }
    return outline;
  }

  @Test
  void framesComeInTheOrderOfTheProtocol() {
    run(DataSet.xor(), Map.of("candidate_pool_size", 2, "max_hidden_units", 1));
    List<TrainingMessage> told = told();
    assertEquals(
        List.of(
            "Stopped Idle",
            "Started Output",
            "metrics",
            "Started Candidate",
            "candidate_progress",
            "Started Candidate",
            "cascade_add",
            "topology",
            "Started Output",
            "metrics",
            "topology",
            "Completed Idle",
            "event"),
        outline(told));
    assertEquals(1, only(CascadeAdd.class, told).size());
    assertEquals(3, only(Topology.class, told).get(0).hiddenUnits().get(0).weights().size() + 1);
  }

  @Test
  void eachCandidateIsToldAtItsEnd() {
    run(DataSet.xor(), Map.of("candidate_pool_size", 3, "max_hidden_units", 1));
    List<Integer> ids =
        only(CandidateProgress.class, told()).stream()
            .map(CandidateProgress::candidateId)
            .distinct()
            .toList();
    assertEquals(List.of(0, 1, 2), ids);
  }

  @Test
  void aResidualThatNothingGoesWithEndsTheRun() {
    DataSet same = new DataSet("same", new double[][] {{1, 1}, {1, 1}}, new double[] {-1, 1});
    assertEquals(0, run(same, Map.of("candidate_pool_size", 1)).network().hiddenUnits());
    List<TrainingState> states = only(TrainingState.class, told());
    assertEquals(TrainingState.COMPLETED, states.get(states.size() - 1).status());
  }

  @Test
  void aChannelThatRefusesForAWhileLosesNothing() {
    channels.refusing(2);
    run(DataSet.xor(), Map.of("candidate_pool_size", 1, "max_hidden_units", 1));
    assertEquals("Stopped Idle", outline(told()).get(0));
  }
}
