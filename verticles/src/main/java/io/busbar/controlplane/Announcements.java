package io.busbar.controlplane;

import io.busbar.controlplane.core.Action.Alarm;
import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/**
 * Tells foreign hosts of keys that move to or from one of them. Each host is told by the node that
 * pings it, one key at a time; what does not fit is dropped and counted, and repaired by the next
 * reading of the host's list.
 */
final class Announcements {
  private static final int MOST_WAITING = 10_000;

  private record Told(HostName host, String key, String owner, long epoch, String before) {}

  private final ControlPlaneNode node;
  private final PeerCalls calls;
  private final Supplier<Collection<HostName>> alive;
  private final BiPredicate<HostName, String> foreign;
  private final Deque<Told> waiting = new ArrayDeque<>();
  private int open;

  /**
   * @param alive foreign hosts that this node pings
   * @param foreign whether an owner of that name is a foreign host
   */
  Announcements(
      ControlPlaneNode node,
      PeerCalls calls,
      Supplier<Collection<HostName>> alive,
      BiPredicate<HostName, String> foreign) {
    this.node = node;
    this.calls = calls;
    this.alive = alive;
    this.foreign = foreign;
  }

  void changed(OwnerChange change) {
    boolean moves =
        change.kind() == OwnerChange.Kind.CLAIMED || change.kind() == OwnerChange.Kind.MOVED;
    if (!moves || change.record() == null || change.record().holder() == null) {
      return;
    }
    Collection<HostName> told = alive.get();
    if (told.isEmpty()) {
      return;
    }
    String owner = change.record().owner();
    if (!isForeign(owner) && !isForeign(name(change.previous()))) {
      return;
    }
    String host = node.view().hostOf(owner);
    for (HostName peer : told) {
      if (!peer.toString().equals(host)) {
        String before = node.view().hostOf(name(change.previous()));
        enqueue(new Told(peer, change.key(), host, change.record().epoch(), before));
      }
    }
  }

  private static String name(Holder holder) {
    return holder == null ? "" : holder.host();
  }

  private boolean isForeign(String owner) {
    return HostName.parse(owner).filter(host -> foreign.test(host, owner)).isPresent();
  }

  private void enqueue(Told told) {
    if (waiting.size() >= MOST_WAITING) {
      waiting.poll();
      node.meters().announced("dropped");
    }
    waiting.add(told);
    next();
  }

  private void next() {
    while (open < 16 && !waiting.isEmpty()) {
      Told told = waiting.poll();
      open++;
      calls
          .confirm(
              told.host(),
              OwnerChangeRequest.newBuilder()
                  .setCartId(told.key())
                  .setNewHost(told.owner())
                  .setEpoch(told.epoch())
                  .setPreviousHost(told.before())
                  .build())
          .onComplete(
              done -> {
                open--;
                if (done.failed()) {
                  node.meters().announced("unanswered");
                } else if (done.result().getAccepted()) {
                  node.meters().announced("accepted");
                } else {
                  node.meters().announced("refused");
                  node.alarm(Alarm.DISPUTED);
                }
                next();
              });
    }
  }
}
