package io.busbar.controlplane;

import io.busbar.bus.Lane;
import io.busbar.controlplane.core.Ballot;
import io.busbar.controlplane.core.ClaimTries;
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
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts keys that our nodes claim to the vote of the foreign hosts: each is asked once in a vote,
 * and all that answer within the deadline of ConfirmOwner count. A vote that came to nothing is
 * repeated after a pause, unless another claimant comes first or too few hosts are in sight. On the
 * desk's lane.
 */
final class OutsideVoters {
  private static final Logger LOG = LoggerFactory.getLogger(OutsideVoters.class);

  /** Votes under way at once, each a call to every host; others wait. */
  private static final int MOST_OPEN = 16;

  /** A claim above that is refused and may be repeated. */
  private static final int MOST_WAITING = 100_000;

  private final ControlPlaneNode node;
  private final PeerCalls calls;
  private final Peers peers;
  private final Supplier<OwnWeight> weight;
  private final Function<HostName, Future<?>> exchange;
  private final Lane lane;
  private final long pause;
  private final RandomGenerator random = new SplittableRandom(System.nanoTime());
  private final Deque<Runnable> waiting = new ArrayDeque<>();

  /** Claims between two votes. */
  private int pausing;

  private int open;
  private boolean stopped;

  /**
   * @param exchange brings a host's view and this node's together
   * @param pause shortest one between two votes on one claim, ms
   */
  OutsideVoters(
      ControlPlaneNode node,
      PeerCalls calls,
      Peers peers,
      Supplier<OwnWeight> weight,
      Function<HostName, Future<?>> exchange,
      Lane lane,
      long pause) {
    this.exchange = exchange;
    this.node = node;
    this.calls = calls;
    this.peers = peers;
    this.weight = weight;
    this.lane = lane;
    this.pause = pause;
  }

  /** No vote is repeated from now on. */
  void stop() {
    stopped = true;
  }

  /** Null in the future = they agree; else who has the key. Fails with NO_MAJORITY. */
  Future<Holder> ask(OwnerRecord granted) {
    if (waiting.size() + pausing >= MOST_WAITING) {
      return refused(
          FailureCode.TOO_MANY_REQUESTS,
          waiting.size()
              + pausing
              + " claims wait for hosts outside, expected less than "
              + MOST_WAITING);
    }
    return new Poll(granted).begin();
  }

  private void enter(Runnable vote) {
    if (open < MOST_OPEN) {
      open++;
      vote.run();
    } else {
      waiting.add(vote);
      node.meters().votesWaiting(waiting.size());
    }
  }

  private void leave() {
    Runnable first = waiting.poll();
    if (first == null) {
      open--;
    } else {
      node.meters().votesWaiting(waiting.size());
      // Not at once: many that end without asking anybody would call each other.
      lane.context().runOnContext(v -> first.run());
    }
  }

  private OwnerChangeRequest request(OwnerRecord granted) {
    View view = node.view();
    String host = view.hostOf(granted.owner());
    boolean isOurs = HostName.parse(host).filter(view.own()::containsKey).isPresent();
    // Owners that are no hosts of the control plane are answered for by this one.
    HostName speaks = isOurs ? HostName.parse(host).orElseThrow() : view.self();
    return OwnerChangeRequest.newBuilder()
        .setCartId(granted.key())
        .setNewHost(speaks.toString())
        .setNewHostIncarnation(view.incarnations().getOrDefault(speaks, 0L))
        .setEpoch(granted.epoch())
        .setReason(OwnerChangeReason.CLAIM)
        .build();
  }

  private static <T> Future<T> refused(FailureCode code, String text) {
    return Future.failedFuture(Failure.of(code, text).withRetrySafe(true).toException());
  }

  /** One claim, through all of its votes. */
  private final class Poll {
    private final OwnerChangeRequest request;
    private final ClaimTries tries = new ClaimTries(pause, random);
    private final List<HostName> firstVersion = new ArrayList<>();
    private final Map<HostName, Long> entered = new TreeMap<>();
    private final Promise<Holder> promise = Promise.promise();
    private int round;

    Poll(OwnerRecord granted) {
      request = request(granted);
    }

    Future<Holder> begin() {
      enter(() -> new Vote(this).begin());
      return promise.future();
    }

    boolean isOver() {
      return promise.future().isComplete();
    }

    void end(Vote vote, Ballot.Outcome outcome) {
      leave();
      if (outcome == Ballot.Outcome.NO_QUORUM && again(vote)) {
        return;
      }
      node.meters().voted(outcome);
      switch (outcome) {
        case AGREED -> {
          promise.complete();
          // For a host of the first version the first vote only reserved.
          firstVersion.forEach(this::askAgain);
        }
        case OWNED -> {
          Map<HostName, Long> lives = node.view().incarnations();
          HostName owner = vote.ballot.owner();
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

    private boolean again(Vote vote) {
      HostName self = HostName.parse(request.getNewHost()).orElseThrow();
      boolean behind =
          vote.ballot.rivals().stream()
              .anyMatch(rival -> ClaimTries.isAhead(request.getCartId(), rival, self));
      if (stopped || behind || vote.isHopeless) {
        return false;
      }
      long wait = tries.next();
      if (wait == ClaimTries.NO_MORE) {
        return false;
      }
      round++;
      pausing++;
      lane.timer(
          Math.max(1, wait),
          () -> {
            pausing--;
            enter(() -> new Vote(this).begin());
          });
      return true;
    }

    private void askAgain(HostName voter) {
      calls
          .confirm(voter, request)
          .onFailure(cause -> LOG.debug("control plane: {} only reserved a key", voter, cause));
    }

    /** Reservations lapse by themselves; who speaks epochs has entered an owner. */
    void undo() {
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
                    .setRequestId(id() + "-")
                    .build();
            calls
                .confirm(voter, release)
                .onFailure(
                    cause -> LOG.debug("control plane: {} keeps a key for us", voter, cause));
          });
      entered.clear();
    }

    /** Of a repeat: what a voter answered to an earlier vote need not hold any more. */
    String id() {
      String id = request.getCartId() + "@" + request.getEpoch();
      return round == 0 ? id : id + "#" + round;
    }
  }

  /** One vote on a claim. */
  private final class Vote {
    private final Poll poll;
    private final OwnerChangeRequest request;
    private final List<HostName> voters;
    private final Ballot ballot;

    /** Too few hosts are in sight, or one that was met still sees another view. */
    private boolean isHopeless;

    private boolean over;

    Vote(Poll poll) {
      OwnWeight own = weight.get();
      this.poll = poll;
      request = poll.request.toBuilder().setRequestId(poll.id()).build();
      voters =
          peers.view().members().stream()
              .filter(host -> peers.standing(host) == Standing.LIVE)
              .toList();
      HostName lowest = peers.tieBreaker(own);
      boolean ours = lowest != null && node.view().own().containsKey(lowest);
      ballot = new Ballot(own, peers.view().size(), voters).ties(lowest, ours);
      isHopeless = ballot.isHopeless();
    }

    void begin() {
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
    }

    /** Quotes the voter's own view, as this node knows it. */
    private Future<OwnerChangeAck> ask(HostName voter) {
      return calls.confirm(voter, request.toBuilder().setViewEpoch(calls.viewEpoch(voter)).build());
    }

    private void count(HostName voter, OwnerChangeAck ack) {
      HostName named = HostName.parse(OwnerAcks.owner(ack)).orElse(null);
      isHopeless |= ack.getCode() == OwnerChangeCode.STALE_VIEW;
      if (ack.getAccepted() || (named != null && node.view().own().containsKey(named))) {
        ballot.agreed(voter);
        boolean old = ack.getCode() == OwnerChangeCode.OWNER_CHANGE_CODE_UNSPECIFIED;
        if (ack.getAccepted() && old) {
          poll.firstVersion.add(voter);
        } else if (ack.getAccepted()) {
          poll.entered.put(voter, ack.getCurrentEpoch());
        }
        if (poll.isOver()) {
          poll.undo();
        }
      } else if (named != null && isOnlyReserved(ack)) {
        ballot.reserved(voter, named);
      } else {
        ballot.refused(voter, named, named == null ? null : peers.standing(named));
      }
    }

    /** A host that speaks codes names an owner in its field; a reservation in the text only. */
    private static boolean isOnlyReserved(OwnerChangeAck ack) {
      return ack.getCode() == OwnerChangeCode.ALREADY_OWNED && ack.getCurrentOwner().isEmpty();
    }

    private void look() {
      Ballot.Outcome outcome = ballot.outcome();
      if (outcome != Ballot.Outcome.OPEN && !over) {
        over = true;
        poll.end(this, outcome);
      }
    }
  }
}
