package io.busbar.controlplane.core;

/**
 * How many hosts this one speaks for. A cluster of gateway nodes is one authority: its nodes count
 * each, and are seen by asking the cluster, not by pinging.
 *
 * @param present nodes of the authority that are there, this one included
 * @param size nodes of the authority that count
 * @param majority whether those that are there may decide for the authority
 */
public record OwnWeight(int present, int size, boolean majority) {
  /** A host that speaks for itself alone. */
  public static final OwnWeight ONE = new OwnWeight(1, 1);

  /** More than half decide. */
  public OwnWeight(int present, int size) {
    this(present, size, 2 * present > size);
  }
}
