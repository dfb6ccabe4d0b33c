package io.busbar.bus;

/**
 * Who a node is.
 *
 * @param id Vert.x node id, new at each start
 * @param name {@code node.name}, unique in the cluster
 * @param incarnation random, positive, new at each start
 */
public record NodeIdentity(String id, String name, long incarnation) {}
