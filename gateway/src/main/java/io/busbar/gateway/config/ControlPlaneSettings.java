package io.busbar.gateway.config;

import io.busbar.controlplane.ControlPlaneOptions;
import io.busbar.controlplane.HostRules;
import io.busbar.controlplane.TlsMode;
import io.busbar.controlplane.core.HostName;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@code control-plane.*} as the control plane takes it. */
final class ControlPlaneSettings {

  private ControlPlaneSettings() {}

  static ControlPlaneOptions options(Config c) {
    FrontSettings front = c.front(Front.CONTROL_PLANE);
    return new ControlPlaneOptions(
        front.host(),
        front.port(),
        c.find("control-plane.advertise", HostPort.class).map(ControlPlaneSettings::host),
        c.list("control-plane.peers", HostPort.class).stream()
            .map(ControlPlaneSettings::host)
            .toList(),
        c.flag("control-plane.later-line"),
        front.limits().maxConnections(),
        front.limits().maxStreams(),
        front.limits().maxHeaderBytes(),
        front.limits().idleTimeout(),
        TlsMode.valueOf(c.text("control-plane.tls").toUpperCase(Locale.ROOT)),
        c.integer("control-plane.tls-port"),
        c.flag("control-plane.health"),
        c.flag("control-plane.reflection"),
        c.find("control-plane.zone", String.class).orElse(""),
        labels(c),
        new HostRules(
            c.duration("control-plane.fenced-exit"),
            c.text("cluster.tie-breaker").equals("lowest"),
            c.find("control-plane.dns", HostPort.class).map(ControlPlaneSettings::host),
            c.duration("control-plane.dns-interval")));
  }

  private static Map<String, String> labels(Config c) {
    Map<String, String> labels = new TreeMap<>();
    c.get("control-plane.labels", Map.class)
        .forEach((name, value) -> labels.put(name.toString(), value.toString()));
    return labels;
  }

  private static HostName host(HostPort where) {
    return HostName.parse(where.toString())
        .orElseThrow(() -> new IllegalArgumentException(where + " is no host"));
  }
}
