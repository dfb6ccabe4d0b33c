/**
 * An application of its own that joins a Busbar cluster as a member: its process, its Vert.x, its
 * release times.
 */
package io.busbar.samples.app;
