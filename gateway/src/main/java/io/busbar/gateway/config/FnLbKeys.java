package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.BOOL;
import static io.busbar.gateway.config.Types.HOST;
import static io.busbar.gateway.config.Types.PORT;
import static io.busbar.gateway.config.Types.TEXT;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;
import static io.busbar.gateway.config.Types.text;

import java.util.List;
import java.util.regex.Pattern;

/** Keys of Fn's load balancer surface. */
final class FnLbKeys {

  private static final KeyType COUNT = integer(1, 10_000_000, "");
  private static final KeyType SECONDS = integer(1, 86_400, "s");
  private static final KeyType NAME =
      text("name", "letters, digits, '-', '_', '.' and '~'", "[A-Za-z0-9._~-]{1,255}");
  private static final KeyType SOURCE =
      text("path", "a path like /resize", "/[!-\"$->@-~]{0,1000}");
  private static final Pattern ANY_NAME = Pattern.compile("[!-~]{1,128}");

  private FnLbKeys() {}

  static void define(KeyList k) {
    k.key("fn-lb.enabled", BOOL, "true", "Opens fn-lb.port, if that is set.");
    k.key(
        "fn-lb.insecure",
        BOOL,
        "false",
        "Allows an address other than loopback without keys or TLS.");
    k.key("fn-lb.host", HOST, "127.0.0.1", "Address to listen on.");
    k.key("fn-lb.port", PORT, "0", "Port of the Fn load balancer's own HTTP surface; 0 = off.");
    FrontKeys.limits(k, "fn-lb", "10000", "1000", "32KiB", "60s", "2m");
    FrontKeys.body(k, "fn-lb", "0");
    k.key("fn-lb.max-uri", size("256B", "64KiB"), "8KiB", "Longest request target.");
    k.key("fn-lb.max-headers", integer(8, 10_000, "headers"), "200", "Headers of one request.");
    k.key(
        "fn-lb.max-resets",
        integer(1, 100_000_000, "resets"),
        "10000",
        "Stream resets taken from one connection in 30s.");
    k.open(
        "fn-lb.api.url",
        text("url", "an http:// or https:// URL", "https?://[!-~]{1,2000}"),
        "only fn-lb.functions are known",
        "Fn's control API, where functions, apps and triggers are looked up.");
    k.key("fn-lb.api.timeout", duration("1ms", "10m"), "10s", "Time of one attempt.");
    k.key("fn-lb.api.cache", duration("0", "1h"), "5s", "How long an answer is used.");
    k.key(
        "fn-lb.api.not-found-cache",
        duration("0", "1h"),
        "1s",
        "How long it is remembered that something is not there.");
    k.key(
        "fn-lb.api.retries",
        integer(0, 100, ""),
        "5",
        "Attempts after the first, on server errors and lost connections.");
    k.key(
        "fn-lb.api.retry-pause",
        duration("1ms", "1s"),
        "25ms",
        "Pause before the first of them; doubles, 1s at most.");
    k.key("fn-lb.api.max-entries", COUNT, "10000", "Answers kept on one lane.");
    k.key("fn-lb.api.max-lookups", COUNT, "256", "Questions open at once on one lane.");
    k.key("fn-lb.api.max-answer", size("1KiB", "64MiB"), "1MiB", "Largest answer.");
    k.key(
        "fn-lb.functions",
        new ListType(function(), 100_000),
        "[]",
        "Functions that need no control API.");
    k.key(
        "fn-lb.extensions",
        new MapType("names", ANY_NAME, TEXT),
        "{}",
        "Extensions told to the runner with every call.");
  }

  private static ObjectType function() {
    return new ObjectType(
        "function",
        List.of(
            field("id", NAME, "Its id, the one in /invoke/{fn_id}."),
            field("app", NAME, "Name of its app, the one in /t/{app}/."),
            field("app_id", NAME, "Id of the app; the name if absent."),
            field("image", TEXT, "Image that a runner starts."),
            field("timeout", SECONDS, "From slot to end; 30 if absent."),
            field("idle_timeout", SECONDS, "How long its container is kept; 30 if absent."),
            field("memory", integer(1, 1_000_000, "MB"), "128 if absent."),
            new Key(
                "config", new MapType("names", ANY_NAME, TEXT), null, "", "Its environment.", true),
            field("annotations", new FreeType(), "As in Fn; routes can match plain ones."),
            field("triggers", new ListType(SOURCE, 1000), "Sources of HTTP triggers."),
            field("syslog_url", TEXT, "Where its log goes.")),
        null,
        List.of("id", "app"));
  }

  private static Key field(String name, KeyType type, String meaning) {
    return new Key(name, type, null, "", meaning, false);
  }
}
