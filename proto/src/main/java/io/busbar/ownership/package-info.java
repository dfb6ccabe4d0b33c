/**
 * The ownership primitive: a key belongs to at most one host per epoch, and epochs only grow.
 * Client API, records, the lease of a holder, and the fence with which a resource refuses an owner
 * that was superseded.
 */
package io.busbar.ownership;
