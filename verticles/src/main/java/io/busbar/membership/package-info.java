/**
 * Keeps the cluster's view of itself honest: every node probes the inboxes of the others, mends the
 * table of consumers when a probe fails or an entry of its own vanished, and counts what it found.
 */
package io.busbar.membership;
