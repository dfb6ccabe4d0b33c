/**
 * The HTTP server that front sides share: limits, idle and stalled clients, an answer that reaches
 * its reader, and the exchange that carries one request to a call of the bus and back. What a front
 * side says in its own words is behind {@link io.busbar.edge.Surface}.
 */
package io.busbar.edge;
