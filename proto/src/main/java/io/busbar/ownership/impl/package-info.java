/**
 * The ownership primitive at work on a node: its session and the sight of the others', requests
 * that are repeated until they are certain, the comparison of clocks, and the announcement of
 * changes.
 */
package io.busbar.ownership.impl;
