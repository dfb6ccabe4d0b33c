/**
 * The channel primitive's machinery: on the node that holds a ring its sequencer, on each node with
 * subscribers a relay, on each of that node's lanes a feed, and for each subscriber a cursor.
 */
package io.busbar.channel.impl;
