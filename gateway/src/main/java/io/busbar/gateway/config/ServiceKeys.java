package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.TEXT;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;

/** Keys of channels, ownership and the WebSocket endpoints. */
final class ServiceKeys {

  private static final KeyType COUNT = integer(1, 10_000_000, "");

  private ServiceKeys() {}

  static void define(KeyList k) {
    ChannelSettings.define(k);
    OwnershipSettings.define(k);

    TrainingSettings.define(k);
    ControlSettings.define(k);

    keys(k, "workers");
    k.key("workers.pool", PoolKeys.POOL_NAME, "juniper", "Pool of the workers that register.");
    k.key("workers.max", COUNT, "250", "Workers registered on this node at once.");
    k.key(
        "workers.connects-per-minute",
        integer(0, 1_000_000, "connections"),
        "0",
        "Connections an address may make in a minute beyond the burst; 0 = no limit.");
    k.key(
        "workers.connects-burst",
        integer(1, 1_000_000, "connections"),
        "3",
        "Connections an address may make at once, with connects-per-minute.");
    k.key(
        "workers.registration-timeout",
        duration("1s", "1h"),
        "60s",
        "From connect to the register frame; a stock worker loads torch in between.");
    k.key(
        "workers.heartbeat-timeout",
        duration("1s", "1h"),
        "30s",
        "A worker silent for this long is closed, its task goes to another.");
    k.key(
        "workers.task-timeout",
        duration("1s", "7d"),
        "2m",
        "A task without a result for this long goes to another worker.");
    k.key(
        "workers.max-attempts",
        integer(0, 1_000_000, "attempts"),
        "3",
        "Failed attempts of a task after which its call fails, unless the pool says; 0 = no limit.");
    k.key(
        "workers.replay",
        size("0", "1GiB"),
        "8MiB",
        "Bytes of a task kept for another worker, unless the pool says.");
    k.key(
        "workers.max-text",
        integer(1024, 16_777_216, "characters"),
        "65536",
        "Characters of one text frame from a worker.");
    k.key(
        "workers.max-message",
        size("64KiB", "16MiB"),
        "16MiB",
        "Bytes of one message from a worker; above, it is closed with 1009.");
    k.key(
        "workers.max-tensor",
        size("1KiB", "100MiB"),
        "1MiB",
        "Bytes of one tensor to a worker; a stock worker takes no more.");
    k.key("workers.max-task", size("1KiB", "1GiB"), "16MiB", "Bytes of the body of a call.");
    k.key(
        "workers.max-result", size("1KiB", "1GiB"), "32MiB", "Bytes of all tensors of one result.");
  }

  static void keys(KeyList k, String endpoint) {
    k.secrets(
        endpoint + ".api-keys",
        new ListType(TEXT, 1000),
        "Keys taken at this WebSocket; empty = no key is asked for.");
  }
}
