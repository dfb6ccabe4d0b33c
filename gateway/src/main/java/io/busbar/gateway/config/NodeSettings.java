package io.busbar.gateway.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * {@code node.*} and {@code calls.*}.
 *
 * @param lanes 0 = one per processor
 * @param keepCalls finished calls that are remembered
 * @param keepCallsFor for how long
 */
public record NodeSettings(
    String name,
    Path dataDir,
    Duration drainTimeout,
    int lanes,
    int keepCalls,
    Duration keepCallsFor) {
  static NodeSettings of(Config c) {
    return new NodeSettings(
        c.text("node.name"),
        c.path("node.data-dir"),
        c.duration("node.drain-timeout"),
        c.integer("node.lanes"),
        c.integer("calls.keep"),
        c.duration("calls.keep-for"));
  }
}
