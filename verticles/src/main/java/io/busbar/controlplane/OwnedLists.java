package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.VoteRules;
import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.ownership.ConfirmOwner;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerPage;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What foreign hosts say they own, put beside the ownership map: unknown keys are entered, keys
 * that a host owned and does not list any more are given back, and a key that has another owner is
 * a {@link Disputes dispute}.
 */
final class OwnedLists {
  private static final Logger LOG = LoggerFactory.getLogger(OwnedLists.class);

  /** A key granted a moment ago may not be in a list that was made before. */
  private static final long YOUNG_MILLIS = 10_000;

  /** Keys of one list that are entered at a time. */
  private static final int BATCH = 64;

  private final ControlPlaneNode node;
  private final PeerCalls calls;
  private final Ownership ownership;
  private final Disputes disputes;

  /** Removed hosts whose keys could not all be given back yet. */
  private final Set<HostName> left = new TreeSet<>();

  private final Set<HostName> reading = new HashSet<>();

  OwnedLists(ControlPlaneNode node, PeerCalls calls, Ownership ownership) {
    this.node = node;
    this.calls = calls;
    this.ownership = ownership;
    this.disputes = new Disputes(node, calls, ownership);
  }

  /** Reads and repairs; one at a time per host. */
  void read(HostName host) {
    if (!reading.add(host)) {
      return;
    }
    known(host.toString(), "", new ArrayList<>())
        .compose(before -> calls.list(host).compose(reply -> repair(host, before, reply)))
        .onComplete(
            done -> {
              reading.remove(host);
              if (done.failed()) {
                LOG.info("control plane: keys of {} not read: {}", host, done.cause().toString());
              }
            });
  }

  private Future<List<OwnerRecord>> known(String host, String after, List<OwnerRecord> into) {
    return ownership
        .list(host, after, OwnerPage.MOST)
        .compose(
            page -> {
              into.addAll(page.records());
              return page.more() && !page.records().isEmpty()
                  ? known(host, into.get(into.size() - 1).key(), into)
                  : Future.succeededFuture(into);
            });
  }

  private Future<Void> repair(HostName host, List<OwnerRecord> before, CartIdsReply reply) {
    Set<String> named = new TreeSet<>();
    for (String key : reply.getCartIdsList()) {
      if (VoteRules.isKey(key)) {
        named.add(key);
      }
    }
    Holder holder = new Holder(host.toString(), node.view().incarnations().getOrDefault(host, 0L));
    Set<String> held = new HashSet<>();
    List<OwnerRecord> dropped = new ArrayList<>();
    long old = System.currentTimeMillis() - YOUNG_MILLIS;
    for (OwnerRecord record : before) {
      held.add(record.key());
      if (!named.contains(record.key()) && !reply.getTruncated() && record.changed() < old) {
        dropped.add(record);
      }
    }
    named.removeAll(held);
    Map<String, Long> epochs = new HashMap<>();
    reply.getOwnedList().forEach(owned -> epochs.put(owned.getCartId(), owned.getEpoch()));
    return enter(holder, named.iterator(), epochs)
        .compose(v -> giveBack(dropped.iterator(), 0))
        .mapEmpty();
  }

  /**
   * @param epochs of keys, by the host's word
   */
  private Future<Void> enter(Holder holder, Iterator<String> rest, Map<String, Long> epochs) {
    List<Future<?>> batch = new ArrayList<>();
    while (rest.hasNext() && batch.size() < BATCH) {
      String key = rest.next();
      batch.add(
          ownership
              .confirm(
                  new ConfirmOwner(key, holder, 0, 0, false, 0),
                  owner -> node.view().stateOf(owner))
              .compose(
                  answer -> disputes.settle(holder, key, answer, epochs.getOrDefault(key, 0L))));
    }
    if (batch.isEmpty()) {
      return Future.succeededFuture();
    }
    return Future.join(batch).transform(done -> enter(holder, rest, epochs));
  }

  /**
   * The epoch says that nobody got it in between.
   *
   * @return how many could not be given back
   */
  private Future<Integer> giveBack(Iterator<OwnerRecord> rest, int failed) {
    List<Future<?>> batch = new ArrayList<>();
    while (rest.hasNext() && batch.size() < BATCH) {
      OwnerRecord record = rest.next();
      batch.add(ownership.release(record.key(), record.epoch()));
    }
    if (batch.isEmpty()) {
      return Future.succeededFuture(failed);
    }
    return Future.join(batch)
        .transform(
            done -> {
              int more = (int) batch.stream().filter(Future::failed).count();
              return giveBack(rest, failed + more);
            });
  }

  /** Gives back all keys of a host that is removed. */
  void dropAll(HostName host) {
    known(host.toString(), "", new ArrayList<>())
        .compose(records -> giveBack(records.iterator(), 0))
        .onSuccess(
            failed -> {
              if (failed == 0) {
                left.remove(host);
              } else {
                left.add(host);
                LOG.warn("control plane: {} keys of {} not given back yet", failed, host);
              }
            })
        .onFailure(
            cause -> {
              left.add(host);
              LOG.warn("control plane: keys of {} not given back: {}", host, cause.toString());
            });
  }

  /** Tries again what could not be given back. */
  void dropWhatIsLeft() {
    List.copyOf(left).forEach(this::dropAll);
  }

  /** The host is there again: its keys are its own. */
  void isBack(HostName host) {
    left.remove(host);
  }
}
