/**
 * A cart service on the ownership primitive: each cart belongs to one node, which keeps it in
 * memory and writes each change to a journal that all nodes share. The journal refuses owners that
 * were superseded, so a cart survives the loss, the pause and the drain of its owner with every
 * change that was confirmed. Requests enter at any node as commands to the target {@code cart}.
 */
package io.busbar.samples.cart;
