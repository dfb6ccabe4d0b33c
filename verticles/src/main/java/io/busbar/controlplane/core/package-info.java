/**
 * The rules of go-cart's control plane without any input or output: state machines of this host and
 * of its peers, the merge of host lists, the verdict over a silent host, votes and claims. The
 * caller hands in what happened and the time on its own monotonic clock (ms), and carries out what
 * comes back. Nothing here is thread-safe, and the same events give the same result each time.
 */
package io.busbar.controlplane.core;
