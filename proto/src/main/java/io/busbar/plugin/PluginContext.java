package io.busbar.plugin;

import io.busbar.bus.NodeIdentity;
import io.busbar.call.Calls;
import io.busbar.channel.Channels;
import io.busbar.command.Commands;
import io.busbar.ownership.Ownership;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

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
}
