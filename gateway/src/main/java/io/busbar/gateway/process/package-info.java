/**
 * Child processes on this program's own class path, as the demo and the benchmarks start them:
 * their output is read, their READY line awaited, their processor time known.
 */
package io.busbar.gateway.process;
