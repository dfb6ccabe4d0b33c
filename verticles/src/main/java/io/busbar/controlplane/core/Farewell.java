package io.busbar.controlplane.core;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The notices of leaving: to every peer, repeated until it answers or the tries are used up. */
public final class Farewell {
  private final Timings timings;
  private final Consumer<Action> out;
  private final Set<HostName> open = new TreeSet<>();
  private int attempt;
  private long sentAt;

  public Farewell(Timings timings, Consumer<Action> out) {
    this.timings = timings;
    this.out = out;
  }

  /** Tells all of them. */
  public void begin(Collection<HostName> peers, long now) {
    open.addAll(peers);
    send(now);
  }

  private void send(long now) {
    attempt++;
    sentAt = now;
    for (HostName host : open) {
      out.accept(new Action.SayClosing(host, attempt));
    }
  }

  /** The host answered, whatever it said. */
  public void acknowledged(HostName host) {
    open.remove(host);
  }

  /** Repeats what is due. */
  public void tick(long now) {
    if (!open.isEmpty() && now - sentAt >= timings.closingDeadline()) {
      if (attempt >= timings.closingTries()) {
        open.clear();
      } else {
        send(now);
      }
    }
  }

  /** Everyone answered or was told often enough. */
  public boolean isOver() {
    return attempt > 0 && open.isEmpty();
  }
}
