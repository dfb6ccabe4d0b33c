/**
 * What a node keeps of ownership on its disk, so that owners outlive a stop of all nodes: a log of
 * the records that it held, and their way back into an empty cluster.
 */
package io.busbar.ownership.disk;
