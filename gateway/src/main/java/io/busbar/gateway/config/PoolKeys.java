package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.HOST_PORT;
import static io.busbar.gateway.config.Types.HOST_PORT_OR_SERVICE;
import static io.busbar.gateway.config.Types.TEXT;
import static io.busbar.gateway.config.Types.choice;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;
import static io.busbar.gateway.config.Types.text;

import java.util.List;
import java.util.regex.Pattern;

/** Keys of pools, routing, plugins and calls. */
final class PoolKeys {

  static final KeyType POOL_NAME = text("string", Keys.NAME_EXPECTED, "[a-z0-9][a-z0-9_-]{0,62}");

  private static final Pattern MATCHABLE =
      Pattern.compile("app_id|app_name|fn_id|image|type|(annotation|header|extension)\\..{1,256}");

  private PoolKeys() {}

  static void define(KeyList k) {
    pool(k, "pools.NAME.");
    k.key(
        "routes",
        new ListType(
            new ObjectType(
                "route",
                List.of(
                    new Key(
                        "match",
                        new MapType(
                            "app_id, app_name, fn_id, image, type, annotation.KEY, header.NAME or"
                                + " extension.KEY",
                            MATCHABLE,
                            TEXT),
                        null,
                        "",
                        "Fields that must all fit, exactly or as prefix*.",
                        false),
                    new Key("pool", POOL_NAME, null, "", "Pool of the call.", false)),
                null,
                List.of("match", "pool")),
            10_000),
        "[]",
        "Which pool an Engage call goes to; the first that fits, else pool default.");
    k.key(
        "plugins",
        new ListType(
            new ObjectType(
                "plugin",
                List.of(
                    new Key("use", TEXT, null, "", "Jar, class name or sample.", false),
                    new Key(
                        "config", new FreeType(), null, "", "The plugin's own settings.", true)),
                "use",
                List.of("use")),
            256),
        "[]",
        "Plugins to load: jars, class names or names of samples.");
    k.key(
        "calls.keep",
        integer(0, 10_000_000, "calls"),
        "10000",
        "Finished calls kept for GET /v1/calls/{id}.");
    k.key("calls.keep-for", duration("0", "7d"), "10m", "How long a finished call is kept.");
  }

  private static void pool(KeyList k, String pool) {
    k.key(
        pool + "runners",
        new ListType(HOST_PORT, 10_000),
        "[]",
        "Fn runners that this gateway dials.");
    k.open(
        pool + "dns",
        HOST_PORT_OR_SERVICE,
        "none",
        "Name whose addresses are the pool's Fn runners, with their port; or name of SRV records, _fn._tcp.example.");
    DialKeys.define(k, pool);
    PoolFunction.define(k, pool);
    k.key(
        pool + "placer",
        choice("busbar", "fn-ch"),
        "busbar",
        "Who chooses a runner; fn-ch places each function where Fn's ch placer does, skewed.");
    k.key(
        pool + "queue",
        integer(0, 1_000_000, "calls"),
        "1000",
        "Calls that may wait for a slot on this node.");
    k.key(
        pool + "queue-timeout",
        duration("0", "24h"),
        "10s",
        "How long a call may wait for a slot.");
    k.key(
        pool + "affinity",
        choice("none", "header", "fn_id", "slot_hash_id"),
        "none",
        "What sends calls of one kind to the same worker while it has room.");
    k.key(
        pool + "concurrency",
        integer(1, 1_000_000, "calls"),
        "100",
        "Calls at once on a dialled runner, which does not say itself.");
    k.key(
        pool + "timeout",
        duration("1ms", "7d"),
        "30s",
        "From slot to end of a call that names no time itself.");
    k.key(
        pool + "headroom",
        duration("0", "24h"),
        "6m",
        "What a call gets on an Fn runner beyond its own time: waiting there, pulling an image, starting a container.");
    k.key(
        pool + "placing",
        duration("1s", "24h"),
        "30s",
        "How long a detached call may look for a worker.");
    k.key(
        pool + "reserve",
        duration("100ms", "10m"),
        "2s",
        "How long an accepted slot is held for the first frame.");
    k.key(
        pool + "retry.max-attempts",
        integer(0, 1_000_000, "attempts"),
        "0",
        "Failed attempts after which a call fails; 0 = until its time is over, busy workers never count.");
    k.key(
        pool + "retry.backoff",
        duration("1ms", "1m"),
        "10ms",
        "Pause after the first failed attempt; doubles, with jitter.");
    k.key(
        pool + "retry.max-backoff",
        duration("1ms", "10m"),
        "1s",
        "Longest pause between attempts.");
    k.open(
        pool + "replay",
        size("0", "1GiB"),
        "bus.stream-window",
        "Bytes of a body kept for a rewind to the next worker.");
    k.key(
        pool + "settle",
        duration("0", "1m"),
        "50ms",
        "Silence of a worker, with the replay full, after which the attempt is kept.");
  }
}
