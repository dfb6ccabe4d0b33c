package io.busbar.gateway.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.busbar.gateway.testing.Eventually;
import io.busbar.metrics.OwnershipMeters;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnershipMember;
import io.busbar.ownership.OwnershipOptions;
import io.busbar.testing.ClusterNodes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is written down of owners: the audit log, and the meters. */
class OwnershipRecordsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static OwnershipMember node;

  @BeforeAll
  static void start() throws Exception {
    node = OwnershipMember.start(CLUSTER, "a", OwnershipOptions.DEFAULTS);
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
  }

  @Test
  void everyChangeOfAnOwnerIsInTheAuditLogWithItsEpoch() throws Exception {
    List<JsonObject> lines = new CopyOnWriteArrayList<>();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.add(new JsonObject(event.getFormattedMessage()));
          }
        };
    Logger audit = (Logger) LoggerFactory.getLogger("busbar.audit.ownership");
    appender.setContext(audit.getLoggerContext());
    appender.start();
    Level before = audit.getLevel();
    audit.setLevel(Level.INFO);
    audit.addAppender(appender);
    try {
      OwnerAnswer claimed = node.claim("audited");
      OwnerAnswer sealed =
          node.get(() -> node.ownership().seal("audited", claimed.epoch(), "elsewhere"));
      node.get(() -> node.ownership().unseal("audited", sealed.epoch()));
      OwnerAnswer moved =
          node.get(
              () -> node.ownership().move("audited", claimed.epoch(), new Holder("elsewhere", 5)));
      node.get(() -> node.ownership().release("audited", moved.epoch()));
      List<String> kinds = List.of("claimed", "sealed", "unsealed", "moved", "released");
      Eventually.passes(LONG, lines::toString, () -> assertEquals(kinds, kinds(lines)));
      for (JsonObject line : of("audited", lines)) {
        long epoch = kinds.indexOf(line.getString("kind")) < 3 ? claimed.epoch() : moved.epoch();
        assertEquals(epoch, line.getLong("epoch"), line::encode);
      }
    } finally {
      audit.detachAppender(appender);
      audit.setLevel(before);
    }
  }

  private static List<JsonObject> of(String key, List<JsonObject> lines) {
    return lines.stream().filter(line -> key.equals(line.getString("key"))).toList();
  }

  private static List<String> kinds(List<JsonObject> lines) {
    List<String> kinds = new ArrayList<>();
    of("audited", lines).forEach(line -> kinds.add(line.getString("kind")));
    return kinds;
  }

  @Test
  void metersTellKeysOfTheNodeItsLeaseAndItsClock() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    new OwnershipMeters(registry).bind(node.owners());
    node.claim("metered");
    assertTrue(registry.get("busbar.owners.held").gauge().value() >= 1);
    assertTrue(registry.get("busbar.owners.lease").gauge().value() > 0);
    assertEquals(0, registry.get("busbar.owners.skew").gauge().value());
    assertTrue(registry.get("busbar.owners.sessions").gauge().value() >= 1);
  }

  @Test
  void metersCountRequestsByWhatBecameOfThem() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    OwnershipMeters meters = new OwnershipMeters(registry);
    meters.request("claim", "granted", 3);
    meters.request("claim", "owned_by_other", 3);
    meters.request("claim", "granted", 5);
    assertEquals(
        2, registry.get("busbar.owners.requests").tag("result", "granted").timer().count());
  }
}
