package io.busbar.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.plugin.host.PluginLoader;
import io.busbar.plugin.host.PluginSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void areFoundByName() {
    try (PluginLoader loader = new PluginLoader(getClass().getClassLoader())) {
      List<String> names = loader.samples();
      assertTrue(
          names.containsAll(List.of("echo", "thumbnail", "wordcount", "trainer")),
          names.toString());
      for (String name : names) {
        PluginSource source = loader.load(name).get(0);
        assertEquals(name, source.descriptor().name());
        assertEquals("sample " + name, source.origin());
      }
    }
  }
}
