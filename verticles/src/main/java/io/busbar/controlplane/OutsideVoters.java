package io.busbar.controlplane;

import io.busbar.controlplane.core.Ballot;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Peers;
import io.busbar.controlplane.core.Standing;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts keys that our nodes claim to the vote of the foreign hosts: each is asked once, and all that
 * answer within the deadline of ConfirmOwner count. On the desk's lane.
 */
final class OutsideVoters {
  private static final Logger LOG = LoggerFactory.getLogger(OutsideVoters.class);

  /** Votes under way at once, each a call to every host; others wait. */
  private static final int MOST_OPEN = 16;

  /** A claim above that is refused and may be repeated. */
  private static final int MOST_WAITING = 100_000;

  private static final String OWNED_BY = "owned by ";

  private final ControlPlaneNode node;
  private final PeerCalls calls;
  private final Peers peers;
  private final Supplier<OwnWeight> weight;
  private final Function<HostName, Future<?>> exchange;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int open;

  /**
   * @param exchange brings a host's view and this node's together
   */
  OutsideVoters(
      ControlPlaneNode node,
      PeerCalls calls,
      Peers peers,
      Supplier<OwnWeight> weight,
      Function<HostName, Future<?>> exchange) {
    this.exchange = exchange;
    this.node = node;
    this.calls = calls;
    this.peers = peers;
    this.weight = weight;
  }

  /** Null in the future = they agree; else who has the key. Fails with NO_MAJORITY. */
  Future<Holder> ask(OwnerRecord granted) {
    if (open < MOST_OPEN) {
      return begin(granted);
    } else if (waiting.size() >= MOST_WAITING) {
      return refused(
          FailureCode.TOO_MANY_REQUESTS,
          waiting.size() + " claims wait for hosts outside, expected less than " + MOST_WAITING);
    }
    Promise<Holder> later = Promise.promise();
    waiting.add(() -> begin(granted).onComplete(later));
    node.meters().votesWaiting(waiting.size());
    return later.future();
  }

  private void next() {
    open--;
    Runnable first = waiting.poll();
    if (first != null) {
      node.meters().votesWaiting(waiting.size());
      first.run();
    }
  }

  private Future<Holder> begin(OwnerRecord granted) {
    List<HostName> voters =
        peers.view().members().stream()
            .filter(host -> peers.standing(host) == Standing.LIVE)
            .toList();
    Vote vote = new Vote(request(granted), voters);
    open++;
    return vote.begin().onComplete(done -> next());
  }

  private OwnerChangeRequest request(OwnerRecord granted) {
    View view = node.view();
    String host = view.hostOf(granted.owner());
    boolean isOurs = HostName.parse(host).filter(view.own()::containsKey).isPresent();
    return OwnerChangeRequest.newBuilder()
        .setCartId(granted.key())
        // Owners that are no hosts of the control plane are answered for by this one.
        .setNewHost(isOurs ? host : view.self().toString())
        .setEpoch(granted.epoch())
        .setReason(OwnerChangeReason.CLAIM)
        .setRequestId(granted.key() + "@" + granted.epoch())
        .build();
  }

  private static <T> Future<T> refused(FailureCode code, String text) {
    return Future.failedFuture(Failure.of(code, text).withRetrySafe(true).toException());
  }

  private final class Vote {
    private final OwnerChangeRequest request;
    private final List<HostName> voters;
    private final Ballot ballot;
    private final List<HostName> firstVersion = new ArrayList<>();
    private final Map<HostName, Long> entered = new TreeMap<>();
    private final Promise<Holder> promise = Promise.promise();

    Vote(OwnerChangeRequest request, List<HostName> voters) {
      this.request = request;
      this.voters = voters;
      this.ballot = new Ballot(weight.get(), peers.view().size(), voters);
    }

    Future<Holder> begin() {
      look();
      for (HostName voter : voters) {
        ask(voter)
            .compose(
                ack ->
                    ack.getCode() == OwnerChangeCode.STALE_VIEW
                        ? exchange.apply(voter).compose(met -> ask(voter))
                        : Future.succeededFuture(ack))
            .onSuccess(ack -> count(voter, ack))
            .onFailure(silent -> ballot.silent(voter))
            .onComplete(done -> look());
      }
      return promise.future();
    }

    /** Quotes the voter's own view, as this node knows it. */
    private Future<OwnerChangeAck> ask(HostName voter) {
      return calls.confirm(voter, request.toBuilder().setViewEpoch(calls.viewEpoch(voter)).build());
    }

    private void count(HostName voter, OwnerChangeAck ack) {
      HostName named = named(ack);
      if (ack.getAccepted() || (named != null && node.view().own().containsKey(named))) {
        ballot.agreed(voter);
        boolean old = ack.getCode() == OwnerChangeCode.OWNER_CHANGE_CODE_UNSPECIFIED;
        if (ack.getAccepted() && old) {
          firstVersion.add(voter);
        } else if (ack.getAccepted()) {
          entered.put(voter, ack.getCurrentEpoch());
        }
        if (promise.future().isComplete()) {
          undo();
        }
      } else {
        ballot.refused(voter, named, named == null ? null : peers.standing(named));
      }
    }

    /** A host of the first version says it in its text only. */
    private static HostName named(OwnerChangeAck ack) {
      String name = ack.getCurrentOwner();
      if (name.isEmpty() && ack.getMessage().startsWith(OWNED_BY)) {
        name = ack.getMessage().substring(OWNED_BY.length());
      }
      return HostName.parse(name).orElse(null);
    }

    private void look() {
      Ballot.Outcome outcome = ballot.outcome();
      if (outcome == Ballot.Outcome.OPEN || promise.future().isComplete()) {
        return;
      }
      node.meters().voted(outcome);
      switch (outcome) {
        case AGREED -> {
          promise.complete();
          // For a host of the first version the first vote only reserved.
          firstVersion.forEach(this::again);
        }
        case OWNED -> {
          Map<HostName, Long> lives = node.view().incarnations();
          HostName owner = ballot.owner();
          promise.complete(new Holder(owner.toString(), lives.getOrDefault(owner, 0L)));
          undo();
        }
        default -> {
          Future<Holder> failed =
              refused(
                  FailureCode.NO_MAJORITY,
                  "less than a majority of the view, hosts outside among it, agreed");
          failed.onComplete(promise);
          undo();
        }
      }
    }

    private void again(HostName voter) {
      calls
          .confirm(voter, request)
          .onFailure(cause -> LOG.debug("control plane: {} only reserved a key", voter, cause));
    }

    /** Reservations lapse by themselves; who speaks epochs has entered an owner. */
    private void undo() {
      if (promise.future().succeeded() && promise.future().result() == null) {
        return;
      }
      entered.forEach(
          (voter, epoch) -> {
            OwnerChangeRequest release =
                request.toBuilder()
                    .setReason(OwnerChangeReason.RELEASE)
                    .setPreviousHost(request.getNewHost())
                    .setEpoch(epoch)
                    .setRequestId(request.getRequestId() + "-")
                    .build();
            calls
                .confirm(voter, release)
                .onFailure(
                    cause -> LOG.debug("control plane: {} keeps a key for us", voter, cause));
          });
      entered.clear();
    }
  }
}
