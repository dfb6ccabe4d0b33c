package io.busbar.testing;

import io.busbar.bus.BusObserver;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what the bus tells; any thread. */
public final class RecordingObserver implements BusObserver {
  public final AtomicLong bytesSent = new AtomicLong();
  public final AtomicLong bytesReceived = new AtomicLong();
  public final AtomicLong envelopesSent = new AtomicLong();
  public final AtomicLong itemsSent = new AtomicLong();
  public final AtomicLong envelopesLost = new AtomicLong();
  public final AtomicLong itemsDropped = new AtomicLong();
  public final AtomicLong resentBytes = new AtomicLong();
  public final AtomicLong duplicateBytes = new AtomicLong();
  public final AtomicLong gaps = new AtomicLong();
  public final AtomicLong garbage = new AtomicLong();
  public final AtomicLong handlerFailures = new AtomicLong();
  public final AtomicLong probesAnswered = new AtomicLong();
  public final AtomicLong broken = new AtomicLong();
  public final AtomicLong peerWindowFull = new AtomicLong();

  @Override
  public void envelopeSent(PeerClass peer, int items, long bytes) {
    envelopesSent.incrementAndGet();
    itemsSent.addAndGet(items);
    bytesSent.addAndGet(bytes);
  }

  @Override
  public void envelopeReceived(PeerClass peer, int items, long bytes) {
    bytesReceived.addAndGet(bytes);
  }

  @Override
  public void envelopeLost(int items) {
    envelopesLost.incrementAndGet();
  }

  @Override
  public void itemsDropped(int items) {
    itemsDropped.addAndGet(items);
  }

  @Override
  public void resent(long bytes) {
    resentBytes.addAndGet(bytes);
  }

  @Override
  public void duplicate(long bytes) {
    duplicateBytes.addAndGet(bytes);
  }

  @Override
  public void gap() {
    gaps.incrementAndGet();
  }

  @Override
  public void garbage(String reason) {
    garbage.incrementAndGet();
  }

  @Override
  public void handlerFailed(Throwable cause) {
    handlerFailures.incrementAndGet();
  }

  @Override
  public void probeAnswered(long millis) {
    probesAnswered.incrementAndGet();
  }

  @Override
  public void streamBroken() {
    broken.incrementAndGet();
  }

  @Override
  public void peerWindowFull(String nodeId) {
    peerWindowFull.incrementAndGet();
  }
}
