/**
 * Which workers there are on all nodes. Each node holds a replica: one lane writes it from what the
 * nodes announce, every lane reads it without a lock. A worker's load here is an estimate; the
 * worker's own side counts its slots and decides.
 */
package io.busbar.registry;
