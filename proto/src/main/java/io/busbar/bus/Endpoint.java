package io.busbar.bus;

/**
 * One lane of one node: where an inbox is.
 *
 * @param node Vert.x node id, new at each start of the node
 * @param lane 0 to the node's number of lanes - 1
 */
public record Endpoint(String node, int lane) {}
