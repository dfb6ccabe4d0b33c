package io.busbar.plugin.host;

import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginDescriptor;

/** A plugin that serves nothing. */
public final class ClassPathPlugin implements BusbarPlugin {
  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of("class-path", "serves nothing");
  }
}
