/**
 * Relays a real trainer: one node of the cluster follows its training stream and control channel,
 * publishes its messages on the training channel, and serves the command target {@code training}.
 */
package io.busbar.websocket.relay;
