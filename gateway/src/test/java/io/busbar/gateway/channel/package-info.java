/** Channels and commands of running nodes, as their users see them. */
package io.busbar.gateway.channel;
