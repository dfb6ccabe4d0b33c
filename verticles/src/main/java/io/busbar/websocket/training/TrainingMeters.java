package io.busbar.websocket.training;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Meters of the training endpoint under the names of juniper-cascor, where it has them; one object
 * per node, any thread.
 *
 * <ul>
 *   <li>{@code cascor.ws.connections.active}: connections on this node, by {@code endpoint}
 *   <li>{@code cascor.ws.seq.current}: number of the newest frame that was seen here
 *   <li>{@code cascor.ws.replay.buffer.capacity}, {@code .occupancy}: frames
 *   <li>{@code cascor.ws.resume.requests}: by {@code outcome}: ok, malformed_resume,
 *       server_restarted, out_of_range, failed
 *   <li>{@code cascor.ws.resume.replayed.events}: frames replayed per resume
 *   <li>{@code cascor.ws.broadcast.timeout}: clients closed since they did not read
 *   <li>{@code busbar.training.sent}, {@code busbar.training.writes}: frames, and writes that
 *       carried them
 *   <li>{@code busbar.training.refused}: connections refused, by {@code reason}
 *   <li>{@code busbar.training.silent}: clients closed since they did not answer a ping
 * </ul>
 */
final class TrainingMeters {
  private final MeterRegistry registry;
  private final AtomicLong seq = new AtomicLong();
  private final Counter sent;
  private final Counter writes;
  private final Counter slow;
  private final Counter silent;
  private final DistributionSummary replayed;

  TrainingMeters(MeterRegistry registry, AtomicInteger connections, int replay) {
    this.registry = registry;
    Gauge.builder("cascor.ws.connections.active", connections, AtomicInteger::get)
        .description("WebSocket connections, by endpoint")
        .tag("endpoint", "training")
        .register(registry);
    Gauge.builder("cascor.ws.seq.current", seq, AtomicLong::get)
        .description("Number of the newest training frame seen on this node")
        .register(registry);
    Gauge.builder("cascor.ws.replay.buffer.capacity", () -> replay)
        .description("Training frames that can be resumed from")
        .register(registry);
    Gauge.builder("cascor.ws.replay.buffer.occupancy", seq, s -> Math.min(replay, s.get()))
        .description("Training frames that are there to resume from")
        .register(registry);
    sent = counter("busbar.training.sent", "Frames written to training clients");
    writes = counter("busbar.training.writes", "Writes that carried frames to training clients");
    slow = counter("cascor.ws.broadcast.timeout", "Training clients closed: they did not read");
    silent = counter("busbar.training.silent", "Training clients closed: they answered no ping");
    replayed =
        DistributionSummary.builder("cascor.ws.resume.replayed.events")
            .description("Frames replayed per resume")
            .register(registry);
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  /**
   * @param reason from a fixed set
   */
  void refused(String reason) {
    counter("busbar.training.refused", "Training clients refused", "reason", reason).increment();
  }

  void newest(long offset) {
    seq.set(offset);
  }

  void sent(int frames) {
    sent.increment(frames);
    writes.increment();
  }

  void slow() {
    slow.increment();
  }

  void silent() {
    silent.increment();
  }

  /**
   * @param outcome from a fixed set
   */
  void resumed(String outcome) {
    counter("cascor.ws.resume.requests", "Wishes to go on after a frame", "outcome", outcome)
        .increment();
  }

  void replayed(long frames) {
    replayed.record(frames);
  }
}
