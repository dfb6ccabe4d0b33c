package io.busbar.gateway.config;

import io.busbar.websocket.WorkersOptions;

/** {@code workers.*} as the worker endpoint takes it. */
final class WorkersSettings {

  private WorkersSettings() {}

  static WorkersOptions options(Config c) {
    return new WorkersOptions(
        c.text("workers.pool"),
        c.integer("workers.max"),
        c.list("workers.api-keys", String.class),
        c.duration("workers.registration-timeout"),
        c.duration("workers.heartbeat-timeout"),
        c.duration("workers.task-timeout"),
        c.integer("workers.max-text"),
        (int) c.size("workers.max-message"),
        (int) c.size("workers.max-tensor"),
        (int) c.size("workers.max-task"),
        (int) c.size("workers.max-result"),
        new WorkersOptions.Connects(
            c.integer("workers.connects-per-minute"), c.integer("workers.connects-burst")));
  }
}
