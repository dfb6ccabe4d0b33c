package io.busbar.plugin.host;

import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A plugin that can be started.
 *
 * @param descriptor what it says of itself
 * @param worker whether it serves a pool
 * @param factory makes an instance; may throw anything
 * @param loader its class loader, the context class loader of its threads
 * @param origin where it came from, for people
 * @param single the factory always gives the same object, so there is one instance at most
 */
public record PluginSource(
    PluginDescriptor descriptor,
    boolean worker,
    Supplier<? extends BusbarPlugin> factory,
    ClassLoader loader,
    String origin,
    boolean single) {

  /** A plugin of the application itself; the factory is asked once for the descriptor. */
  public static PluginSource of(Supplier<? extends BusbarPlugin> factory) {
    BusbarPlugin first = Objects.requireNonNull(factory.get(), "the factory gave no plugin");
    return of(first, factory, false);
  }

  /** One object: takes one call at a time, unless its descriptor says event loop. */
  public static PluginSource of(BusbarPlugin plugin) {
    return of(plugin, () -> plugin, true);
  }

  private static PluginSource of(
      BusbarPlugin first, Supplier<? extends BusbarPlugin> factory, boolean single) {
    return new PluginSource(
        Objects.requireNonNull(first.descriptor(), "the plugin gave no descriptor"),
        first instanceof WorkerPlugin,
        factory,
        first.getClass().getClassLoader(),
        first.getClass().getName(),
        single);
  }
}
