package io.busbar.gateway.config;

import io.busbar.channel.ChannelCatalog;
import io.busbar.controlplane.ControlPlaneOptions;
import io.busbar.edge.HttpOptions;
import io.busbar.fnlb.FnLbOptions;
import io.busbar.ownership.OwnershipOptions;
import io.busbar.plugin.host.HostOptions;
import io.busbar.routing.Route;
import io.busbar.runner.RunnerOptions;
import io.busbar.security.ApiKey;
import io.busbar.websocket.WorkersOptions;
import io.busbar.websocket.control.ControlOptions;
import io.busbar.websocket.relay.RelayOptions;
import io.busbar.websocket.training.TrainingOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The effective configuration of a node: every key with its value and the origin of that value.
 * Immutable. Typed groups ({@link #node()}, {@link #cluster()} …) are the usual way in; the getters
 * by path throw {@link IllegalArgumentException} for a path or type that the reference does not
 * have, since that is a fault of the program.
 */
public final class Config {

  private final Map<String, Layers.Setting> settings;
  private final Map<String, Set<String>> names;
  private final List<String> warnings;

  Config(
      Map<String, Layers.Setting> settings, Map<String, Set<String>> names, List<String> warnings) {
    this.settings = new LinkedHashMap<>(settings);
    this.names = new LinkedHashMap<>(names);
    this.warnings = List.copyOf(warnings);
  }

  /** One value as people see it. */
  public record Shown(String path, String value, Origin origin) {}

  /** What was odd but not wrong; one line each, to be logged at start. */
  public List<String> warnings() {
    return warnings;
  }

  /** All values in the order of the reference, secrets masked; unset keys have an empty value. */
  public List<Shown> shown() {
    return Keys.ALL.paths(names).stream()
        .map(
            path -> {
              Key key = Keys.ALL.find(path);
              Layers.Setting setting = settings.get(path);
              return setting == null
                  ? new Shown(path, "", Origin.DEFAULT)
                  : new Shown(path, key.show(setting.value()), setting.origin());
            })
        .toList();
  }

  /** Where a value came from. */
  public Origin origin(String path) {
    key(path);
    Layers.Setting setting = settings.get(path);
    return setting == null ? Origin.DEFAULT : setting.origin();
  }

  /** Where a value stands, for messages. */
  Position at(String path) {
    Layers.Setting setting = settings.get(path);
    return setting == null ? new Position("default", 0) : setting.at();
  }

  /** Names that stand in a section such as {@code pools}. */
  Set<String> namesIn(String section) {
    return names.getOrDefault(section, Set.of());
  }

  /** The secret texts themselves, for the log to leave out; never to be shown. */
  public Set<String> secrets() {
    Set<String> found = new TreeSet<>();
    settings.forEach(
        (path, setting) -> {
          if (Keys.ALL.find(path).secret()) {
            if (setting.value() instanceof String one) {
              found.add(one);
            } else if (setting.value() instanceof Map<?, ?> named) {
              named.values().forEach(value -> found.add(value.toString()));
            } else {
              found.addAll(list(path, String.class));
            }
          }
        });
    security().apiKeys().stream()
        .map(ApiKey::secret)
        .filter(secret -> !secret.startsWith(ApiKey.DIGEST_PREFIX))
        .forEach(found::add);
    return found;
  }

  public boolean flag(String path) {
    return get(path, Boolean.class);
  }

  public int integer(String path) {
    return get(path, Integer.class);
  }

  /** Bytes. */
  public long size(String path) {
    return get(path, Long.class);
  }

  public Duration duration(String path) {
    return get(path, Duration.class);
  }

  public String text(String path) {
    return get(path, String.class);
  }

  public Path path(String path) {
    return get(path, Path.class);
  }

  /** A key that may be unset. */
  public <T> Optional<T> find(String path, Class<T> type) {
    key(path);
    Layers.Setting setting = settings.get(path);
    return setting == null ? Optional.empty() : Optional.of(type.cast(setting.value()));
  }

  /** A list whose items are of one type. */
  public <T> List<T> list(String path, Class<T> item) {
    List<T> list = new ArrayList<>();
    for (Object value : get(path, List.class)) {
      list.add(item.cast(value));
    }
    return list;
  }

  <T> T get(String path, Class<T> type) {
    Key key = key(path);
    Layers.Setting setting = settings.get(path);
    Object value = setting == null ? key.standard() : setting.value();
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(path + " holds a " + key.type().label());
    }
    return type.cast(value);
  }

  private static Key key(String path) {
    Key key = Keys.ALL.find(path);
    if (key == null) {
      throw new IllegalArgumentException(path + " is not in the reference");
    }
    return key;
  }

  public NodeSettings node() {
    return NodeSettings.of(this);
  }

  public ClusterSettings cluster() {
    return ClusterSettings.of(this);
  }

  public BusSettings bus() {
    return BusSettings.of(this);
  }

  /** A port that clients connect to. */
  public FrontSettings front(Front front) {
    return FrontSettings.of(this, front);
  }

  /** The configured pools and {@code default}, by name. */
  public Map<String, PoolSettings> pools() {
    Map<String, PoolSettings> pools = new LinkedHashMap<>();
    namesIn("pools").forEach(name -> pools.put(name, pool(name)));
    return pools;
  }

  /** The pools that somebody named: {@code default} only if one of its keys was set. */
  public Set<String> namedPools() {
    Set<String> named = new LinkedHashSet<>(namesIn("pools"));
    String builtIn = "pools.default.";
    if (settings.entrySet().stream()
        .noneMatch(
            set ->
                set.getKey().startsWith(builtIn)
                    && set.getValue().origin().kind() != Origin.Kind.DEFAULT)) {
      named.remove("default");
    }
    return named;
  }

  /** A pool by name; one that is not configured has the defaults. */
  public PoolSettings pool(String name) {
    return PoolSettings.of(this, name);
  }

  /** Which pool an Engage call goes to; the first that fits. */
  public List<Route> routes() {
    return RunnerSettings.routes(this);
  }

  /** Everything that the HTTP front side wants to know. */
  public HttpOptions http() {
    return HttpSettings.options(this);
  }

  /** Everything that the Fn runner front side wants to know. */
  public RunnerOptions runner() {
    return RunnerSettings.options(this);
  }

  /** Everything that the control plane wants to know. */
  public ControlPlaneOptions controlPlane() {
    return ControlPlaneSettings.options(this);
  }

  /** Everything that Fn's load balancer surface wants to know. */
  public FnLbOptions fnLb(String version) {
    return FnLbSettings.options(this, version);
  }

  /** Everything that the endpoint for Juniper workers wants to know. */
  public WorkersOptions workers() {
    return WorkersSettings.options(this);
  }

  /** Everything that the endpoint for followers of the training wants to know. */
  public TrainingOptions training() {
    return TrainingSettings.options(this);
  }

  /** The trainer that is relayed; empty = none. */
  public Optional<RelayOptions> relay() {
    return TrainingSettings.relay(this);
  }

  /** Everything that the endpoint for commands to the training wants to know. */
  public ControlOptions control() {
    return ControlSettings.options(this);
  }

  /** How keys are owned. */
  /** Owners are kept in the data directory. */
  public boolean durableOwners() {
    return OwnershipSettings.durable(this);
  }

  public OwnershipOptions ownership() {
    return OwnershipSettings.options(this);
  }

  /** The configured channels. */
  public ChannelCatalog channels() {
    return ChannelSettings.catalog(this);
  }

  /** Limits of the host that plugins run in. */
  public HostOptions pluginHost() {
    return PluginKeys.options(this);
  }

  public List<PluginSettings> plugins() {
    return PluginSettings.of(this);
  }

  public SecuritySettings security() {
    return SecuritySettings.of(this);
  }

  public LogSettings log() {
    return LogSettings.of(this);
  }
}
