/**
 * {@code busbar bench}: load from this process on nodes and comparison servers that it starts as
 * child processes, and tables of what was measured. Every run measures both sides of each ratio, in
 * turns, so that a busy machine hits both.
 */
package io.busbar.gateway.bench;
