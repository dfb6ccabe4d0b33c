/**
 * The channel primitive: a named, sequenced broadcast with bounded history. Every subscriber sees
 * the offsets 1, 2, 3 … of an epoch without gap or duplicate, or is told that it must start from a
 * snapshot. Publishers and subscribers may be on any node; {@link io.busbar.channel.Channels} is
 * what they use.
 */
package io.busbar.channel;
