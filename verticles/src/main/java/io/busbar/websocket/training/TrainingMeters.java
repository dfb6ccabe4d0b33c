package io.busbar.websocket.training;

import io.busbar.channel.ChannelFrame;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
 *   <li>{@code cascor.ws.broadcast.send.duration}: from the arrival of a frame at a lane until it
 *       is written to all clients there that read, by {@code type} of the message
 *   <li>{@code cascor.ws.messages.sent}: frames told to this node's clients, each once whatever
 *       their number, by {@code type}
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
  private final Map<String, Timer> durations = new HashMap<>();
  private final Map<String, Counter> messages = new HashMap<>();
  private final Object counting = new Object();
  private long countedEpoch;
  private long counted;

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
    for (String type : FrameTypes.ALL) {
      durations.put(
          type,
          Timer.builder("cascor.ws.broadcast.send.duration")
              .description("A training frame's arrival until it is written to all who read")
              .tag("type", type)
              .register(registry));
      messages.put(
          type,
          counter(
              "cascor.ws.messages.sent", "Training frames told to clients, by type", "type", type));
    }
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

  /**
   * Frames were told to the clients of one lane.
   *
   * @param nanos that it took
   */
  void told(List<ChannelFrame> frames, long nanos) {
    long fresh = fresh(frames);
    for (ChannelFrame frame : frames) {
      String type = FrameTypes.of(frame);
      durations.get(type).record(nanos, TimeUnit.NANOSECONDS);
      if (frame.offset() > fresh) {
        messages.get(type).increment();
      }
    }
  }

  /** The last of these that another lane has counted; the frame before the first if none is. */
  private long fresh(List<ChannelFrame> frames) {
    long last = frames.get(frames.size() - 1).offset();
    synchronized (counting) {
      long epoch = frames.get(0).epoch();
      long before = epoch == countedEpoch ? counted : 0;
      if (epoch >= countedEpoch) {
        countedEpoch = epoch;
        counted = Math.max(before, last);
      }
      return epoch < countedEpoch ? last : before;
    }
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
