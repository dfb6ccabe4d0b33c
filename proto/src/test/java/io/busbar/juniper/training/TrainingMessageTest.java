package io.busbar.juniper.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.JuniperJson;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The catalogue's messages keep their fields through text and back. */
class TrainingMessageTest {
  static List<TrainingMessage> messages() {
    return List.of(
        new MetricsRow(
            4,
            "2026-01-02T03:04:05.5",
            0.25,
            0.9,
            0.01,
            2,
            "output",
            0.3,
            null,
            "training_step",
            null),
        new MetricsRow(
            5,
            "2026-01-02T03:04:06",
            null,
            null,
            0.01,
            2,
            "candidate",
            null,
            null,
            "output_epoch",
            new MetricsRow.Scores(0.5, 0.6, 0.7, 0.8)),
        new ReplayedRow(7, 0.125, 0.95, null, 0.93, "snapshot_1"),
        TrainingState.IDLE,
        new TrainingState(
            "Started",
            "Candidate",
            "training_candidates",
            "2026-01-02T03:04:05+00:00",
            12.5,
            new TrainingState.Settings(0.01, 10, 2450, 10, "n", "spirals", "Sigmoid", "Adam"),
            new TrainingState.Progress(4, 3, 10, 150, 200, 0, 0),
            new TrainingState.Candidates(5, 8, 0.5, 2, "u", 6, 0.25, List.of(0.125, 0.5))),
        new CandidateProgress(2, "u", 150, 200, 0.5),
        new CascadeAdd("2026-01-02T03:04:05", 2, 0.5, 3),
        new Topology(
            2,
            1,
            List.of(new Topology.HiddenUnit(0, List.of(0.5, -0.5), 0.25, "Sigmoid")),
            List.of(List.of(0.5), List.of(-0.25), List.of(1.0)),
            List.of(0.125)),
        TrainingEvent.trainingComplete(),
        TrainingEvent.datasetSwap(Map.of("from", "spirals", "to", "xor")));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void comesBackAsItWas(TrainingMessage message) {
    Map<?, ?> read = assertInstanceOf(Map.class, JuniperJson.read(message.text()));
    assertEquals(message.type(), read.get("type"));
    assertEquals(message, TrainingMessage.of(message.type(), Fields.of(read.get("data")).all()));
  }

  @Test
  void aStateHasExactlyItsFields() {
    assertEquals(29, TrainingState.IDLE.data().size());
    assertEquals("Stopped", TrainingState.IDLE.data().get("status"));
    assertEquals(-1, TrainingState.IDLE.data().get("best_candidate_id"));
    assertNull(TrainingState.IDLE.data().get("second_candidate_id"));
  }

  @Test
  void anUnknownTypeIsNone() {
    assertNull(TrainingMessage.of("ping", Map.of()));
  }

  @Test
  void fieldsOfOtherTypesGetTheIdleValue() {
    TrainingState read =
        assertInstanceOf(
            TrainingState.class,
            TrainingMessage.of("state", Map.of("status", 5, "current_epoch", "x")));
    assertEquals("Stopped", read.status());
    assertEquals(0, read.progress().currentEpoch());
  }

  @Test
  void onlyOneStatePerIntervalUnlessItEndsTheRun() {
    StateThrottle throttle = new StateThrottle(1000);
    TrainingState started = TrainingState.of(new Fields(Map.of("status", "Started")));
    TrainingState completed = TrainingState.of(new Fields(Map.of("status", "Completed")));
    assertTrue(throttle.passes(started, 0));
    assertFalse(throttle.passes(started, 999));
    assertTrue(throttle.passes(completed, 999));
    assertFalse(throttle.passes(started, 1998));
    assertTrue(throttle.passes(started, 1999));
  }
}
