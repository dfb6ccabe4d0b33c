/**
 * Ownership records in Hazelcast: the maps, the processors that change their entries, what happens
 * when two halves of a cluster merge, and the bytes of a record.
 */
package io.busbar.ownership.map;
