/**
 * Where the frames of channels are kept: one Hazelcast ring per channel, written only if it is
 * still what the writer believes it to be. Knows nothing of publishers and subscribers.
 */
package io.busbar.channel.ring;
