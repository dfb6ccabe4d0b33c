package io.busbar.websocket.relay;

import io.busbar.juniper.client.JuniperServer;

/**
 * What is relayed, and where to.
 *
 * @param trainer whose stream it is
 * @param channel that its messages are published on
 * @param target whose commands it is given
 * @param queue messages that may wait to be appended; with more, the connection is dropped and
 *     later resumed
 */
public record RelayOptions(JuniperServer trainer, String channel, String target, int queue) {
  public static RelayOptions of(JuniperServer trainer, String channel, String target) {
    return new RelayOptions(trainer, channel, target, 1000);
  }
}
