package io.busbar.gateway.node;

import io.busbar.bus.BusObserver;
import io.busbar.bus.MemoryBudget;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Meters of the bus; all labels from fixed sets. One object for all lanes of a node. */
final class BusMeters implements BusObserver {
  private static final Logger LOG = LoggerFactory.getLogger(BusMeters.class);
  private static final int MAX_LANES = 256;

  /** Lanes write there all the time: none may share a cache line with its neighbour. */
  private static final int APART = 32;

  private final MeterRegistry registry;
  private final Map<PeerClass, Counter> sentMessages = new ConcurrentHashMap<>();
  private final Map<PeerClass, Counter> sentBytes = new ConcurrentHashMap<>();
  private final Map<PeerClass, Counter> receivedMessages = new ConcurrentHashMap<>();
  private final Map<PeerClass, Counter> receivedBytes = new ConcurrentHashMap<>();
  private final DistributionSummary itemsPerMessage;
  private final Counter lost;
  private final Counter dropped;
  private final Counter resent;
  private final Counter duplicate;
  private final Counter gaps;
  private final Counter garbage;
  private final Counter handlerFailures;
  private final Counter broken;
  private final Counter windowFull;
  private final Timer probes;
  private final AtomicIntegerArray streams = new AtomicIntegerArray(MAX_LANES * APART);

  BusMeters(MeterRegistry registry, MemoryBudget memory) {
    this.registry = registry;
    for (PeerClass peer : PeerClass.values()) {
      String label = peer == PeerClass.LOCAL ? "local" : "remote";
      sentMessages.put(peer, traffic("busbar.bus.messages", label, "sent"));
      receivedMessages.put(peer, traffic("busbar.bus.messages", label, "received"));
      sentBytes.put(peer, traffic("busbar.bus.bytes", label, "sent"));
      receivedBytes.put(peer, traffic("busbar.bus.bytes", label, "received"));
    }
    itemsPerMessage =
        DistributionSummary.builder("busbar.bus.message.items")
            .description("Items that left together in one bus message")
            .register(registry);
    lost = counter("busbar.bus.lost", "Bus messages that the link to a node did not take");
    dropped = counter("busbar.bus.items.dropped", "Items not sent, since a peer takes nothing");
    resent = counter("busbar.stream.resent.bytes", "Bytes sent again");
    duplicate = counter("busbar.stream.duplicate.bytes", "Bytes received again and dropped");
    gaps = counter("busbar.stream.gaps", "Times a reader missed something");
    garbage = counter("busbar.bus.garbage", "Bodies that make no sense");
    handlerFailures = counter("busbar.bus.handler.failures", "Handlers of items that threw");
    broken = counter("busbar.stream.broken", "Streams ended by the loss of a peer");
    windowFull = counter("busbar.peer.window.full", "Times a writer waited for a peer's window");
    probes =
        Timer.builder("busbar.stream.probe")
            .description("Probe of a stream to its answer")
            .register(registry);
    Gauge.builder("busbar.streams.open", this, meters -> meters.openStreams())
        .description("Open ends of streams on this node")
        .register(registry);
    Gauge.builder("busbar.bus.memory.used", memory, MemoryBudget::used)
        .description("Bytes granted to writers or kept for readers and rewinds")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("busbar.bus.memory.total", memory, MemoryBudget::total)
        .description("Configured bus.memory")
        .baseUnit("bytes")
        .register(registry);
  }

  private Counter traffic(String name, String peer, String direction) {
    return Counter.builder(name).tag("peer", peer).tag("direction", direction).register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private double openStreams() {
    long sum = 0;
    for (int lane = 0; lane < MAX_LANES; lane++) {
      sum += streams.get(lane * APART);
    }
    return sum;
  }

  @Override
  public void envelopeSent(PeerClass peer, int items, long bytes) {
    sentMessages.get(peer).increment();
    sentBytes.get(peer).increment((double) bytes);
    itemsPerMessage.record(items);
  }

  @Override
  public void envelopeReceived(PeerClass peer, int items, long bytes) {
    receivedMessages.get(peer).increment();
    receivedBytes.get(peer).increment((double) bytes);
  }

  @Override
  public void envelopeLost(int items) {
    lost.increment();
  }

  @Override
  public void itemsDropped(int items) {
    dropped.increment(items);
  }

  @Override
  public void resent(long bytes) {
    resent.increment((double) bytes);
  }

  @Override
  public void duplicate(long bytes) {
    duplicate.increment((double) bytes);
  }

  @Override
  public void gap() {
    gaps.increment();
  }

  @Override
  public void garbage(String reason) {
    garbage.increment();
    LOG.warn("dropped a body on the bus: {}", reason);
  }

  @Override
  public void handlerFailed(Throwable cause) {
    handlerFailures.increment();
    LOG.error("handler of a bus item failed", cause);
  }

  @Override
  public void probeAnswered(long millis) {
    probes.record(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void streams(int lane, int open) {
    streams.setRelease(lane * APART, open);
  }

  @Override
  public void streamBroken() {
    broken.increment();
  }

  @Override
  public void peerWindowFull(String nodeId) {
    windowFull.increment();
  }
}
