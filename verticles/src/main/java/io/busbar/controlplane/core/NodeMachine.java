package io.busbar.controlplane.core;

import io.busbar.controlplane.core.Action.Alarm;
import io.busbar.controlplane.core.Action.NodeChanged;
import io.busbar.controlplane.core.Action.Raised;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The life of this host. */
public final class NodeMachine {
  private static final long NEVER = Long.MIN_VALUE;

  private final Timings timings;
  private final Consumer<Action> out;
  private final Set<HostName> seeds = new TreeSet<>();
  private NodeState state = NodeState.STARTING;
  private boolean alone;
  private boolean met;
  private long since;
  private long lostSince = NEVER;
  private long backSince = NEVER;

  /** When the majority was last there, if it was since the fence began. */
  private long seenLast = NEVER;

  private boolean exitRaised;

  /** Once there was a majority: a first host that waits for the others is not cut off. */
  private boolean hadMajority;

  public NodeMachine(Timings timings, Consumer<Action> out) {
    this.timings = timings;
    this.out = out;
  }

  public NodeState state() {
    return state;
  }

  /**
   * The port is open.
   *
   * @param ask hosts to exchange views with before this one votes
   * @param bootstrap whether it may go on when none of them answers
   */
  public void bound(Collection<HostName> ask, boolean bootstrap, long now) {
    if (state == NodeState.STARTING) {
      seeds.addAll(ask);
      alone = bootstrap;
      to(NodeState.JOINING, "port open", now);
    }
  }

  /** A seed was talked to, or cannot be reached for now. */
  public void seed(HostName host, boolean reached) {
    seeds.remove(host);
    met |= reached;
  }

  /**
   * Does what is due.
   *
   * @param majority whether a majority of the view is in sight
   */
  public void tick(boolean majority, long now) {
    hadMajority |= majority;
    switch (state) {
      case JOINING -> {
        if (seeds.isEmpty() && (met || alone) && now - since >= timings.joinGrace()) {
          to(NodeState.UP, "joined", now);
        }
      }
      case UP -> {
        if (majority) {
          lostSince = NEVER;
        } else if (lostSince == NEVER) {
          lostSince = now;
        } else if (now - lostSince >= timings.fence()) {
          fence(now);
        }
      }
      case FENCED -> fenced(majority, now);
      case STARTING, DRAINING, CLOSING, STOPPED -> {}
    }
  }

  /** The own authority says at once that it has no majority. */
  public void fence(long now) {
    if (state == NodeState.UP) {
      backSince = NEVER;
      seenLast = NEVER;
      exitRaised = false;
      to(NodeState.FENCED, "no majority", now);
    }
  }

  private void fenced(boolean majority, long now) {
    if (!majority) {
      backSince = NEVER;
      long without = now - Math.max(since, seenLast);
      boolean tooLong = timings.exit() > 0 && without >= timings.exit();
      if (tooLong && hadMajority && !exitRaised) {
        exitRaised = true;
        String span = without / 1000 + " s";
        out.accept(new Raised(Alarm.FENCED_TOO_LONG, span));
        out.accept(new Action.MustEnd("no majority for " + span));
      }
      return;
    }
    seenLast = now;
    if (backSince == NEVER) {
      backSince = now;
    } else if (now - backSince >= timings.unfence()) {
      lostSince = NEVER;
      to(NodeState.UP, "majority is back", now);
    }
  }

  /** An orderly end was asked for. */
  public void drain(long now) {
    if (!state.isLeaving()) {
      to(NodeState.DRAINING, "asked to end", now);
    }
  }

  /** Nothing is owned any more. */
  public void drained(long now) {
    if (state == NodeState.DRAINING) {
      to(NodeState.CLOSING, "drained", now);
    }
  }

  /** All peers know, or were told often enough. */
  public void closed(long now) {
    if (state == NodeState.CLOSING) {
      to(NodeState.STOPPED, "told everyone", now);
    }
  }

  private void to(NodeState next, String cause, long now) {
    NodeState from = state;
    state = next;
    since = now;
    out.accept(new NodeChanged(from, next, cause));
  }
}
