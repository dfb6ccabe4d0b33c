package io.busbar.controlplane;

/**
 * What this node has to do, for what it tells of its health.
 *
 * @param waiting calls that wait for a worker
 * @param finished calls that ended since the start
 * @param p99Millis of the calls that ended since the last look, 0 = none did
 * @param otherKeys about how many keys others own
 * @param mostKeys about how many keys there may be, 0 = no limit
 */
public record NodeLoad(
    long waiting, long finished, double p99Millis, long otherKeys, long mostKeys) {
  /** Nothing is known. */
  public static final NodeLoad NONE = new NodeLoad(0, 0, 0, 0, 0);
}
