package io.busbar.controlplane.core;

/**
 * How many hosts this one speaks for. A cluster of gateway nodes is one authority: its nodes count
 * each, and are seen by asking the cluster, not by pinging.
 *
 * @param present nodes of the authority that are there, this one included
 * @param size nodes of the authority that count
 */
public record OwnWeight(int present, int size) {
  /** A host that speaks for itself alone. */
  public static final OwnWeight ONE = new OwnWeight(1, 1);
}
