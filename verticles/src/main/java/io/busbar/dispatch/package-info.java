/**
 * Brings calls to workers: one dispatcher on each lane takes the calls that enter there, offers
 * them to workers of the pool until one accepts, and follows each to its one end. A pool's queue is
 * kept by one lane of the node, its home lane, fair between tenants.
 */
package io.busbar.dispatch;
