package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.BOOL;
import static io.busbar.gateway.config.Types.FILE;
import static io.busbar.gateway.config.Types.HOST;
import static io.busbar.gateway.config.Types.HOST_MAYBE_PORT;
import static io.busbar.gateway.config.Types.HOST_PORT;
import static io.busbar.gateway.config.Types.PORT;
import static io.busbar.gateway.config.Types.choice;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;
import static io.busbar.gateway.config.Types.text;

import java.util.regex.Pattern;

/** Keys of the node itself, its cluster, its bus and its log. */
final class NodeKeys {

  private static final KeyType NODE_NAME =
      text(
          "string",
          "a name of letters, digits, dots, dashes and underscores, at most 63",
          "[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private NodeKeys() {}

  static void define(KeyList k) {
    node(k);
    cluster(k);
    bus(k);
    log(k);
  }

  private static void node(KeyList k) {
    k.open(
        "node.name",
        NODE_NAME,
        "host name, -N added under --port-offset N",
        "Label of this node everywhere; a second node of that name cannot join the cluster.");
    k.open(
        "node.data-dir",
        FILE,
        "./data/NAME",
        "Directory of durable records; one process at a time may use it.");
    k.key(
        "node.drain-timeout",
        duration("0", "24h"),
        "30s",
        "How long running calls may go on after a stop was asked for.");
    k.key(
        "node.lanes",
        integer(0, 256, "event loops"),
        "0",
        "Event loops that carry calls; 0 = one per processor.");
  }

  private static void cluster(KeyList k) {
    k.key("cluster.name", NODE_NAME, "busbar", "Only nodes with the same name join each other.");
    k.key("cluster.host", HOST, "127.0.0.1", "Address of the Hazelcast member.");
    k.key("cluster.port", PORT, "5701", "Port of the Hazelcast member.");
    k.open(
        "cluster.public-address",
        HOST_MAYBE_PORT,
        "cluster.host and cluster.port",
        "Address under which other members reach this one, behind NAT or in a container.");
    k.key(
        "cluster.join",
        new ListType(HOST_PORT, 256),
        "[]",
        "Members to look for at start; empty = a cluster of one that others may join.");
    k.key(
        "cluster.join-timeout",
        duration("1s", "1h"),
        "30s",
        "A node with a join list that found nobody after this time stays not ready.");
    k.key(
        "cluster.size",
        integer(0, 1000, "nodes"),
        "0",
        "Base of the majority for guarded writes; 0 = the most members seen since the last"
            + " orderly leave, N = fixed and equal on all nodes.");
    k.key(
        "cluster.tie-breaker",
        choice("none", "lowest"),
        "none",
        "Which half of an even split goes on: none, or the one with the lowest node name. Equal on"
            + " all nodes, and only with an even cluster.size.");
    k.key(
        "cluster.lost-after",
        duration("2s", "10m"),
        "15s",
        "Silence after which a node counts as lost.");
    k.key(
        "cluster.trusted-network",
        BOOL,
        "false",
        "Allows cluster and bus addresses other than loopback without bus TLS.");
  }

  private static void bus(KeyList k) {
    k.key("bus.host", HOST, "127.0.0.1", "Address of the event-bus socket.");
    k.key("bus.port", PORT, "0", "Port of the event-bus socket; 0 = any free one.");
    k.open(
        "bus.public-host",
        HOST,
        "bus.host",
        "Host under which other nodes reach the event-bus socket.");
    k.open(
        "bus.public-port",
        PORT,
        "bus.port",
        "Port under which other nodes reach the event-bus socket.");
    k.open("bus.tls.cert", FILE, "off", "PEM certificate chain of this node; turns bus TLS on.");
    k.open("bus.tls.key", FILE, "off", "PEM private key of bus.tls.cert.");
    k.open(
        "bus.tls.ca", FILE, "off", "PEM authorities whose nodes may talk on the bus, both ways.");
    k.key(
        "bus.frame",
        size("1KiB", "1MiB"),
        "64KiB",
        "Largest frame; one tensor must not block the link between two nodes.");
    k.key(
        "bus.stream-window",
        size("1KiB", "1GiB"),
        "256KiB",
        "Bytes granted to one stream ahead of its reader.");
    k.key(
        "bus.peer-window",
        size("1KiB", "16GiB"),
        "8MiB",
        "Bytes on the way to one peer node that it has not received yet.");
    k.key(
        "bus.memory",
        size("1KiB", "1TiB"),
        "256MiB",
        "Bytes that may wait for readers and rewinds on this node.");
    k.key(
        "bus.probe",
        duration("10ms", "1m"),
        "200ms",
        "First repeat of an unanswered report, offer or accept.");
    k.key(
        "bus.ahead",
        size("0B", "1GiB"),
        "4KiB",
        "Bytes of a request sent right behind its first offer to another lane, at most"
            + " bus.stream-window; 0B = none.");
  }

  private static void log(KeyList k) {
    k.key("log.format", choice("text", "json"), "text", "Shape of log lines on stderr.");
    k.key(
        "log.level",
        choice("trace", "debug", "info", "warn", "error", "off"),
        "info",
        "Least severe level that is logged.");
    k.key(
        "log.levels",
        new MapType(
            "logger",
            Pattern.compile("[A-Za-z0-9_.$]{1,256}"),
            choice("trace", "debug", "info", "warn", "error", "off")),
        "{}",
        "Level of single loggers, such as io.busbar.bus: debug.");
  }
}
