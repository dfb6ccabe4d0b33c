package io.busbar.gateway.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fills in what was not written: defaults, computed values, the port offset. */
final class Completion {

  /** Ports of this node that an offset moves. */
  static final List<String> OWN_PORTS =
      List.of(
          "cluster.port",
          "bus.port",
          "bus.public-port",
          "http.port",
          "runner.port",
          "control-plane.port",
          "control-plane.tls-port",
          "falcon.port",
          "management.port",
          "fn-lb.port");

  /** Addresses of this node as others see it, whose port an offset moves too. */
  private static final List<String> OWN_ADDRESSES =
      List.of("cluster.public-address", "falcon.advertise");

  private Completion() {}

  static Config complete(
      Layers layers, ConfigSources sources, List<String> warnings, Problems problems) {
    Map<String, Layers.Setting> all = new LinkedHashMap<>();
    for (String path : Keys.ALL.paths(layers.names())) {
      Key key = Keys.ALL.find(path);
      Layers.Setting set = layers.settings().get(path);
      if (set != null) {
        all.put(path, set);
      } else if (key.standard() != null) {
        all.put(path, standard(key.standard()));
      }
    }
    offset(all, sources.portOffset(), problems);
    computed(all, sources);
    return new Config(all, layers.names(), warnings);
  }

  private static Layers.Setting standard(Object value) {
    return new Layers.Setting(value, Origin.DEFAULT, new Position("default", 0));
  }

  private static void computed(Map<String, Layers.Setting> all, ConfigSources sources) {
    all.computeIfAbsent("node.name", k -> standard(nodeName(sources)));
    String name = (String) all.get("node.name").value();
    all.computeIfAbsent("node.data-dir", k -> standard(Path.of("data", name)));
    all.computeIfAbsent("rpc.socket", k -> standard(socket(all, name, sources)));
  }

  private static Path socket(Map<String, Layers.Setting> all, String name, ConfigSources sources) {
    String runtime = sources.environment().get("XDG_RUNTIME_DIR");
    Path directory =
        runtime == null || runtime.isBlank()
            ? (Path) all.get("node.data-dir").value()
            : Path.of(runtime, "busbar");
    return directory.resolve(name + ".sock");
  }

  private static String nodeName(ConfigSources sources) {
    String host = hostName(sources).replaceAll("[^A-Za-z0-9._-]", "-");
    String sound = host.replaceAll("^[^A-Za-z0-9]+", "");
    String suffix = sources.portOffset() == 0 ? "" : "-" + sources.portOffset();
    String base = sound.isEmpty() ? "node" : sound;
    return base.substring(0, Math.min(base.length(), 63 - suffix.length())) + suffix;
  }

  private static String hostName(ConfigSources sources) {
    String variable = sources.environment().get("HOSTNAME");
    if (variable != null && !variable.isBlank()) {
      return variable;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // A machine without a resolvable name still gets a usable default.
      return "localhost";
    }
  }

  private static void offset(Map<String, Layers.Setting> all, int offset, Problems problems) {
    if (offset == 0) {
      return;
    }
    for (String path : OWN_PORTS) {
      Layers.Setting port = all.get(path);
      if (port != null && (int) port.value() != 0) {
        all.put(path, moved(port, path, offset, (int) port.value(), problems, p -> p));
      }
    }
    for (String path : OWN_ADDRESSES) {
      Layers.Setting address = all.get(path);
      if (address != null && ((HostPort) address.value()).port() != 0) {
        HostPort old = (HostPort) address.value();
        all.put(
            path,
            moved(address, path, offset, old.port(), problems, p -> new HostPort(old.host(), p)));
      }
    }
  }

  private static Layers.Setting moved(
      Layers.Setting setting,
      String path,
      int offset,
      int port,
      Problems problems,
      java.util.function.IntFunction<Object> value) {
    int sum = port + offset;
    if (sum > 65_535) {
      problems.add(
          new Position("--port-offset", 0),
          path,
          port + " + " + offset,
          "expected a sum of at most 65535");
      return setting;
    }
    Origin origin = setting.origin();
    String where = origin.where().isEmpty() ? "--port-offset" : origin.where() + " --port-offset";
    return new Layers.Setting(value.apply(sum), new Origin(origin.kind(), where), setting.at());
  }
}
