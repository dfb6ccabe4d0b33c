package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.BOOL;
import static io.busbar.gateway.config.Types.FILE;
import static io.busbar.gateway.config.Types.HOST;
import static io.busbar.gateway.config.Types.HOST_PORT;
import static io.busbar.gateway.config.Types.PORT;
import static io.busbar.gateway.config.Types.TEXT;
import static io.busbar.gateway.config.Types.choice;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;
import static io.busbar.gateway.config.Types.text;

import java.util.List;
import java.util.regex.Pattern;

/** Keys of the ports that clients and peers connect to, and of what protects them. */
final class FrontKeys {

  private static final KeyType COUNT = integer(1, 10_000_000, "");

  private FrontKeys() {}

  static void define(KeyList k) {
    socket(k, "http", "HTTP API and WebSockets", "8080");
    limits(k, "http", "10000", "1000", "32KiB", "60s", "2m");
    body(k, "http", "0");
    http(k);
    k.key("http.max-websockets", COUNT, "200", "WebSockets open at once on this node.");

    socket(k, "runner", "Fn RunnerProtocol", "9190");
    limits(k, "runner", "1000", "1000000", "64KiB", "60s", "30m");
    body(k, "runner", "0");
    RunnerKeys.define(k);

    socket(k, "control-plane", "ControlPlane", "1337");
    limits(k, "control-plane", "1000", "1000", "16KiB", "60s", "30m");
    k.key(
        "control-plane.peers",
        new ListType(HOST_PORT, 256),
        "[]",
        "Foreign ControlPlane hosts to talk to.");
    k.open(
        "control-plane.dns",
        HOST_PORT,
        "none",
        "Name whose addresses are foreign hosts; one that is gone from it is removed.");
    k.key(
        "control-plane.dns-interval",
        duration("1s", "1h"),
        "5s",
        "Pause between two look-ups of control-plane.dns.");
    k.key(
        "control-plane.fenced-exit",
        duration("0", "1d"),
        "0",
        "A node without a majority for this long drains and ends, to be started again; 0 = it"
            + " stays. Needs cluster.size.");
    k.open(
        "control-plane.advertise",
        HOST_PORT,
        "control-plane.host and control-plane.port",
        "Name of this node among ControlPlane hosts; they must reach it there.");
    k.key(
        "control-plane.later-line",
        BOOL,
        "true",
        "Serves the later version of the protocol too, under its own package.");
    k.key(
        "control-plane.tls",
        choice("off", "permissive", "required"),
        "off",
        "Mutual TLS with foreign hosts: none, beside clear text, or nothing else.");
    k.key(
        "control-plane.tls-port",
        PORT,
        "1437",
        "Port for mutual TLS; 0 = any free one. Not opened while it is off.");
    k.key("control-plane.health", BOOL, "false", "Serves gRPC's health service too.");
    k.key("control-plane.reflection", BOOL, "false", "Serves gRPC's server reflection too.");
    k.open(
        "control-plane.zone",
        text("zone", "any text of 1 to 64 characters", ".{1,64}"),
        "none",
        "Where the node is, told with its health.");
    k.key(
        "control-plane.labels",
        new MapType(
            "names",
            Pattern.compile("[A-Za-z0-9_.-]{1,64}"),
            text("text", "any text of 1 to 64 characters", ".{1,64}")),
        "{}",
        "Texts that are told with the node's health.");

    socket(k, "falcon", "Falcon master", "50051");
    limits(k, "falcon", "1000", "1000", "16KiB", "60s", "30m");
    k.open(
        "falcon.advertise",
        HOST_PORT,
        "falcon.host and falcon.port",
        "Address of the master as told to workers.");
    k.secrets("falcon.tokens", new ListType(TEXT, 256), "Tokens that Falcon workers must show.");

    k.key("rpc.enabled", BOOL, "true", "Opens the kollabor-rpc socket.");
    k.key("rpc.insecure", BOOL, "false", "Has no effect on a Unix socket; kept for symmetry.");
    k.open(
        "rpc.socket",
        FILE,
        "$XDG_RUNTIME_DIR/busbar/NODE.sock, else in node.data-dir",
        "Unix socket of kollabor-rpc.");
    k.key(
        "rpc.daemons",
        new ListType(
            new ObjectType(
                "daemon",
                List.of(
                    new Key("name", PoolKeys.POOL_NAME, null, "", "Target name.", false),
                    new Key("socket", FILE, null, "", "Unix socket.", false)),
                null,
                List.of("name", "socket")),
            256),
        "[]",
        "Foreign daemons to attach to.");

    FnLbKeys.define(k);

    socket(k, "management", "Health, metrics and admin page", "9090");
    limits(k, "management", "1000", "100", "16KiB", "30s", "5m");
    body(k, "management", "64KiB");
    security(k);
  }

  static void socket(KeyList k, String front, String what, String port) {
    k.key(front + ".enabled", BOOL, "true", "Opens this port: " + what + ".");
    k.key(
        front + ".insecure",
        BOOL,
        "false",
        "Allows an address other than loopback without keys or TLS.");
    k.key(front + ".host", HOST, "127.0.0.1", "Address to listen on.");
    k.key(front + ".port", PORT, port, "Port to listen on; 0 = any free one.");
  }

  static void limits(
      KeyList k,
      String front,
      String connections,
      String streams,
      String headers,
      String progress,
      String idle) {
    k.key(front + ".max-connections", COUNT, connections, "Connections open at once on this node.");
    k.key(
        front + ".max-streams",
        integer(1, 2_000_000_000, ""),
        streams,
        "Requests open at once on one HTTP/2 connection.");
    k.key(
        front + ".max-header-bytes",
        size("4KiB", "1MiB"),
        headers,
        "Bytes of all headers of one request together.");
    k.key(
        front + ".progress-timeout",
        duration("100ms", "24h"),
        progress,
        "A peer that owes bytes, or takes none, for this long is cut off.");
    k.key(
        front + ".idle-timeout",
        duration("100ms", "24h"),
        idle,
        "A connection without requests is closed after this long.");
  }

  static void body(KeyList k, String front, String most) {
    k.key(
        front + ".max-body",
        size("0", "16TiB"),
        most,
        "Bytes of one request body; 0 = no limit, bodies are streamed.");
  }

  private static void http(KeyList k) {
    k.key(
        "http.origins",
        new ListType(
            text(
                "origin",
                "scheme://host:port, or * for all",
                "\\*|https?://[A-Za-z0-9._:\\[\\]-]{1,260}"),
            256),
        "[]",
        "Web origins whose pages may call; without keys, other pages than this port's get 403.");
    k.key(
        "http.first-byte-timeout",
        duration("100ms", "24h"),
        "10s",
        "A connection that has not sent a byte after this long is closed.");
    k.key("http.max-uri", size("256B", "64KiB"), "8KiB", "Longest request target.");
    k.key("http.max-headers", integer(8, 10_000, "headers"), "200", "Headers of one request.");
    k.key(
        "http.linger-bytes",
        size("0", "1TiB"),
        "64MiB",
        "Body read and dropped after an early answer, so that the client gets to read it.");
    k.key("http.linger-timeout", duration("0", "1h"), "10s", "How long that may take.");
    k.key(
        "http.max-resets",
        integer(1, 100_000_000, "resets"),
        "10000",
        "Stream resets taken from one connection in 30s.");
  }

  private static void security(KeyList k) {
    k.key(
        "security.api-keys",
        new ListType(
            new ObjectType(
                "key",
                List.of(
                    new Key("name", TEXT, null, "", "What logs call it.", false),
                    new Key(
                        "key",
                        text(
                            "string",
                            "8 to 256 printable characters, or sha256: and 64 hex digits",
                            "sha256:[0-9a-fA-F]{64}|(?!sha256:)[!-~]{8,256}"),
                        null,
                        "",
                        "The key, or sha256: and the hex digits of its SHA-256.",
                        true),
                    new Key(
                        "roles",
                        new ListType(
                            choice("call", "publish", "subscribe", "command", "own", "operate"), 6),
                        null,
                        "",
                        "What it may do.",
                        false)),
                null,
                List.of("name", "key", "roles")),
            1000),
        "[]",
        "Accepted API keys; empty = no key is asked for.");
    for (String front :
        List.of("http", "runner", "control-plane", "falcon", "fn-lb", "management")) {
      String tls = "security.tls." + front;
      k.open(tls + ".cert", FILE, "off", "PEM certificate chain; turns TLS on for this port.");
      k.open(tls + ".key", FILE, "off", "PEM private key of the certificate.");
      k.open(tls + ".ca", FILE, "off", "PEM authorities that sign client certificates.");
      k.key(
          tls + ".client-auth",
          choice("none", "request", "required"),
          "none",
          "Whether a client must show a certificate signed by one of them.");
    }
  }
}
