package io.busbar.registry;

/**
 * A pool in figures, for people.
 *
 * @param workers known on all nodes, of any status
 * @param available those that take offers
 * @param capacity slots of the available ones
 * @param running estimate of the calls on all workers
 * @param waiting calls in this node's queue
 */
public record PoolSummary(
    String name, int workers, int available, long capacity, long running, int waiting) {}
