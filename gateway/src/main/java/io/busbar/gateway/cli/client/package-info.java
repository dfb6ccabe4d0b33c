/**
 * Commands that talk to a running gateway over its HTTP API: {@code call}, {@code node} and {@code
 * worker}. They run on the command line's own threads and may wait there.
 */
package io.busbar.gateway.cli.client;
