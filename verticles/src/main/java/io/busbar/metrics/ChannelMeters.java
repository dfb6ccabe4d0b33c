package io.busbar.metrics;

import io.busbar.channel.ChannelObserver;
import io.busbar.channel.ChannelOptions;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Meters of channels; one object per node, any lane. No label names a channel, since clients name
 * them.
 */
public final class ChannelMeters implements ChannelObserver {
  private final Counter frames;
  private final Counter bytes;
  private final Counter duplicates;
  private final Counter full;
  private final Counter retried;
  private final Counter epochs;
  private final Counter healed;
  private final Counter delivered;
  private final Map<ChannelOptions.Slow, Counter> slow = new EnumMap<>(ChannelOptions.Slow.class);
  private final AtomicLong subscribers = new AtomicLong();
  private final AtomicLong sequencers = new AtomicLong();

  public ChannelMeters(MeterRegistry registry) {
    frames = counter(registry, "busbar.channels.appended", "Frames appended by this node");
    bytes = counter(registry, "busbar.channels.appended.bytes", "Bytes of them");
    duplicates = counter(registry, "busbar.channels.answered", "Appends that needed no write");
    full = counter(registry, "busbar.channels.queue.full", "Appends refused: the queue was full");
    retried = counter(registry, "busbar.channels.retried", "Writes to a ring tried again");
    epochs = counter(registry, "busbar.channels.epochs", "Epochs begun by this node");
    healed = counter(registry, "busbar.channels.healed", "Frames not heard, read from the ring");
    delivered = counter(registry, "busbar.channels.delivered", "Frames given to subscribers");
    for (ChannelOptions.Slow policy : ChannelOptions.Slow.values()) {
      slow.put(
          policy,
          Counter.builder("busbar.channels.slow")
              .description("Times a slow subscriber met its channel's policy")
              .tag("policy", policy.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    Gauge.builder("busbar.channels.subscribers", subscribers, AtomicLong::get)
        .description("Subscribers on this node")
        .register(registry);
    Gauge.builder("busbar.channels.sequenced", sequencers, AtomicLong::get)
        .description("Channels that this node sequences")
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  @Override
  public void appended(int count, long size) {
    frames.increment(count);
    bytes.increment((double) size);
  }

  @Override
  public void duplicate() {
    duplicates.increment();
  }

  @Override
  public void queueFull() {
    full.increment();
  }

  @Override
  public void appendRetried() {
    retried.increment();
  }

  @Override
  public void epochBegan() {
    epochs.increment();
  }

  @Override
  public void healed(int count) {
    healed.increment(count);
  }

  @Override
  public void delivered(long count) {
    delivered.increment((double) count);
  }

  @Override
  public void slow(ChannelOptions.Slow policy) {
    slow.get(policy).increment();
  }

  @Override
  public void subscribers(int change) {
    subscribers.addAndGet(change);
  }

  @Override
  public void sequencers(int change) {
    sequencers.addAndGet(change);
  }
}
