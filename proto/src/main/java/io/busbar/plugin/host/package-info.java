/**
 * Runs plugins, in a gateway node and in a plugin team's own application alike: finds and loads
 * them, gives each its instances on event loops or on threads of its own, carries calls between a
 * lane and an instance, and sees to it that a plugin which throws, blocks or never answers costs
 * only its own calls.
 */
package io.busbar.plugin.host;
