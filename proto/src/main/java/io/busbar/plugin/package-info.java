/**
 * What a plugin team implements and gets: a plugin, its descriptor, the calls it serves. The same
 * class serves inside a gateway node and in an application of its own.
 */
package io.busbar.plugin;
