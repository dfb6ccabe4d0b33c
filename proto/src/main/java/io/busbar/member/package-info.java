/**
 * The nodes of the cluster: how a process joins, who is there, what each node says of itself, and
 * the cluster manager that mends the table of consumers.
 */
package io.busbar.member;
