/**
 * Plugins to learn from, and to try a node with: each serves the pool of its own name, with nothing
 * but the contract on its class path.
 */
package io.busbar.samples;
