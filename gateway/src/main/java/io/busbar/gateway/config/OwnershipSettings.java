package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.BOOL;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;

import io.busbar.ownership.OwnershipOptions;

/** {@code ownership.*}: the keys, and what they say; the same on all nodes. */
final class OwnershipSettings {
  private OwnershipSettings() {}

  static void define(KeyList k) {
    k.key(
        "ownership.max-skew",
        duration("10ms", "10m"),
        "5s",
        "A node whose clock differs more from most others' grants no key.");
    k.key(
        "ownership.ttl",
        duration("1s", "24h"),
        "10s",
        "Lease of a holder that is not renewed; the same on all nodes.");
    k.key(
        "ownership.margin",
        duration("100ms", "10m"),
        "2s",
        "Added to the lease by those who watch it, taken off by its holder; less than the ttl.");
    k.key(
        "ownership.tombstones",
        duration("1s", "365d"),
        "24h",
        "How long a released key is remembered with its epoch.");
    k.key(
        "ownership.max-keys",
        integer(1, 1_000_000_000, "keys"),
        "10000000",
        "Keys in the cluster at once, about; no new ones beyond.");
    k.key(
        "ownership.durable",
        BOOL,
        "true",
        "Keeps owners in node.data-dir, so that they outlive a stop of all nodes.");
  }

  static boolean durable(Config c) {
    return c.flag("ownership.durable");
  }

  static OwnershipOptions options(Config c) {
    return new OwnershipOptions(
        c.duration("ownership.max-skew").toMillis(),
        c.duration("ownership.ttl").toMillis(),
        c.duration("ownership.margin").toMillis(),
        c.duration("ownership.tombstones").toMillis(),
        OwnershipOptions.backupsFor(c.cluster().size()),
        c.integer("ownership.max-keys"));
  }
}
