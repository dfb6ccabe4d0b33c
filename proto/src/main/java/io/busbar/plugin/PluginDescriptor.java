package io.busbar.plugin;

/**
 * What a plugin says of itself.
 *
 * @param name of the plugin, and of the pool it serves; lower case letters, digits and dashes
 * @param concurrency calls it takes at once on a node: instances, or with {@code eventLoop} a limit
 * @param eventLoop one instance on each lane, on the lane's event loop: fast, and no protection
 *     from a plugin that blocks
 * @param description one line for people
 */
public record PluginDescriptor(
    String name, int concurrency, boolean eventLoop, String description) {
  public PluginDescriptor {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw new IllegalArgumentException(
          "plugin name '" + name + "', expected lower case letters, digits and dashes");
    }
    if (concurrency < 1 || concurrency > 100_000) {
      throw new IllegalArgumentException(
          "concurrency " + concurrency + " of plugin '" + name + "', expected 1 to 100000");
    }
  }

  /** A plugin on threads of its own, as many as there are processors. */
  public static PluginDescriptor of(String name, String description) {
    return new PluginDescriptor(
        name, Math.max(4, Runtime.getRuntime().availableProcessors()), false, description);
  }

  public PluginDescriptor withConcurrency(int calls) {
    return new PluginDescriptor(name, calls, eventLoop, description);
  }

  public PluginDescriptor onEventLoop() {
    return new PluginDescriptor(name, concurrency, true, description);
  }
}
