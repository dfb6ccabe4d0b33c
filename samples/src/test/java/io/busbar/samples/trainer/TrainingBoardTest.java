package io.busbar.samples.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.training.MetricsRow;
import io.busbar.juniper.training.TrainingEvent;
import io.busbar.juniper.training.TrainingMessage;
import io.busbar.juniper.training.TrainingState;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The gate that a run passes. */
class TrainingBoardTest {
  private final Vertx vertx = Vertx.vertx();
  private final FakeChannels channels = new FakeChannels();
  private final LongAdder coalesced = new LongAdder();
  private final TrainingBoard board =
      new TrainingBoard(
          new ChannelWriter(channels, vertx.getOrCreateContext(), "training"),
          "spirals",
          coalesced);

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** One that goes on for as long as nobody stops it. */
  private CompletableFuture<Void> endlessRun() {
    board.started();
    board.parameters(
        Parameters.DEFAULTS.with(Map.of("output_epochs", 1_000_000, "patience", 100_000)).after());
    TrainingRun run = new TrainingRun(board, DataSet.spirals(50), 1, null);
    return CompletableFuture.runAsync(run::run);
  }

  @Test
  void nothingOfAPausedRunIsToldUntilItGoesOn() throws Exception {
    CompletableFuture<Void> run = endlessRun();
    channels.until(MetricsRow.class::isInstance);
    assertTrue(board.pause());
    channels.until(message -> isState(message, TrainingState.PAUSED));
    assertTrue(board.resume());
    List<TrainingMessage> next = channels.until(message -> true);
    assertTrue(isState(next.get(0), TrainingState.STARTED), next::toString);
    board.stop();
    run.get(60, TimeUnit.SECONDS);
  }

  @Test
  void aStoppedRunSaysStoppedAndThatItIsOver() throws Exception {
    CompletableFuture<Void> run = endlessRun();
    channels.until(MetricsRow.class::isInstance);
    board.stop();
    run.get(60, TimeUnit.SECONDS);
    List<TrainingMessage> rest = channels.until(TrainingEvent.class::isInstance);
    assertTrue(isState(rest.get(rest.size() - 2), TrainingState.STOPPED), rest::toString);
  }

  @Test
  void aPausedRunCanBeStopped() throws Exception {
    CompletableFuture<Void> run = endlessRun();
    channels.until(MetricsRow.class::isInstance);
    board.pause();
    board.stop();
    run.get(60, TimeUnit.SECONDS);
    assertEquals(TrainingState.STOPPED, board.status());
  }

  @Test
  void statesLeftOutAreCountedAndTheLastOneIsNot() {
    board.started();
    board.state();
    board.state();
    board.state();
    assertEquals(2, coalesced.sum());
    board.stop();
    assertTrue(board.pause());
    assertEquals(2, coalesced.sum());
  }

  @Test
  void whoComesToAStoppedGateIsSentHome() {
    board.stop();
    assertThrows(RunStoppedException.class, board::pass);
  }

  private static boolean isState(TrainingMessage message, String status) {
    return message instanceof TrainingState state && state.status().equals(status);
  }
}
