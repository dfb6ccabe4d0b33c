package io.busbar.controlplane.core;

/**
 * Every duration of the control plane, in ms.
 *
 * @param pingEvery pause between two pings of a peer
 * @param jitter part of the pause by which it varies, 0 to 1
 * @param pingDeadline after which a ping counts as missed
 * @param misses in a row that make a peer suspect
 * @param opinion how long another host's silence about a suspect counts
 * @param askAgain pause between two questions about a suspect
 * @param left after which a leaving peer counts as left
 * @param tombstone how long hearsay cannot bring a gone peer back
 * @param antiEntropy pause between two exchanges with a random peer
 * @param repair pause between two reads of what a peer owns
 * @param maxBackoff longest pause between two tries to reach a new peer
 * @param fence without a majority for this long: fenced
 * @param unfence with a majority for this long: up again
 * @param exit fenced for this long: the process should end; 0 = never
 * @param joinGrace a host that lost its memory grants nothing for this long
 * @param closingDeadline how long one notice of leaving is waited for
 * @param closingTries notices of leaving per peer
 * @param claimPause shortest pause after a vote on a claim that came to nothing
 */
public record Timings(
    long pingEvery,
    double jitter,
    long pingDeadline,
    int misses,
    long opinion,
    long askAgain,
    long left,
    long tombstone,
    long antiEntropy,
    long repair,
    long maxBackoff,
    long fence,
    long unfence,
    long exit,
    long joinGrace,
    long closingDeadline,
    int closingTries,
    long claimPause) {

  /** As docs/protocols/control-plane.md says. */
  public static final Timings DEFAULTS =
      new Timings(
          2_000, 0.2, 1_000, 3, 30_000, 5_000, 10_000, 60_000, 30_000, 300_000, 30_000, 10_000,
          5_000, 60_000, 12_000, 2_000, 3, 50);

  /**
   * For nodes of a cluster whose votes are in a shared map: they wait for nothing after a start.
   *
   * @param fencedExit ms that a fenced node stays; 0 = until it may serve again
   */
  public Timings forAuthority(long fencedExit) {
    return new Timings(
        pingEvery,
        jitter,
        pingDeadline,
        misses,
        opinion,
        askAgain,
        left,
        tombstone,
        antiEntropy,
        repair,
        maxBackoff,
        fence,
        unfence,
        fencedExit,
        0,
        closingDeadline,
        closingTries,
        claimPause);
  }
}
