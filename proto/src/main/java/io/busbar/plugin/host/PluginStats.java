package io.busbar.plugin.host;

/**
 * What a plugin's host has counted since its start.
 *
 * @param calls started
 * @param failed calls whose serving ended with a failure or an exception
 * @param threw of these, those that the plugin did not choose: exceptions, errors
 * @param stuck instances (or, on an event loop, calls) that did not return in time
 * @param stuckNow of these, those that have not returned yet
 * @param replaced new instances started in place of stuck ones
 * @param instances there now, stuck ones left out
 * @param running calls the plugin is busy with now, over or not
 */
public record PluginStats(
    long calls,
    long failed,
    long threw,
    long stuck,
    long stuckNow,
    long replaced,
    long instances,
    long running) {}
