package io.busbar.plugin;

import io.busbar.bus.NodeIdentity;
import io.busbar.call.Calls;
import io.busbar.channel.Channels;
import io.busbar.command.Commands;
import io.busbar.ownership.Ownership;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.LongAdder;

/** What a plugin instance may use. The client APIs may be used from the instance's context. */
public interface PluginContext {
  Vertx vertx();

  /** The instance's own context. */
  Context context();

  NodeIdentity node();

  /** The plugin's own block of the configuration; empty if there is none. */
  JsonObject config();

  Calls calls();

  Channels channels();

  Commands commands();

  Ownership ownership();

  /**
   * A number that only grows, seen in the node's metrics under this name with the plugin's name as
   * the label {@code plugin}; one for all instances on the node, at most 64 names a plugin.
   *
   * @param name words of a-z and 0-9 with dots between them; metrics show underscores
   * @param description for people; the first one given counts
   * @throws IllegalArgumentException for another name
   * @throws IllegalStateException when there are too many
   */
  LongAdder counter(String name, String description);
}
