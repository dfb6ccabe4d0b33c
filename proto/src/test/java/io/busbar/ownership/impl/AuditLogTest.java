package io.busbar.ownership.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.rules.OwnerRequest.ClaimKey;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.busbar.ownership.rules.OwnerRules;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lines of the audit log. */
class AuditLogTest {
  private final AuditLog log = new AuditLog("n1");

  private static List<OwnerChange> claims(int count) {
    List<OwnerChange> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String key = "k" + i;
      ClaimKey claim = new ClaimKey(new Stamp(i, 1000 + i, 0), new Holder("shop", 7), null, 0);
      changes.add(
          OwnerChanges.of(key, null, OwnerRules.decide(key, null, claim).after(), 1000 + i));
    }
    return changes;
  }

  @Test
  void fewChangesHaveALineEach() {
    List<String> lines = log.lines(claims(3));
    assertEquals(3, lines.size());
    JsonObject second = new JsonObject(lines.get(1));
    assertEquals("claimed", second.getString("kind"));
    assertEquals("k1", second.getString("key"));
    assertEquals("shop", second.getString("host"));
    assertEquals(1001, second.getLong("epoch"));
    assertEquals("n1", second.getString("node"));
  }

  @Test
  void aBurstHasFewLinesThatNameEachKeyWithItsEpoch() {
    List<String> lines = log.lines(claims(1200));
    assertTrue(lines.size() <= 3, lines.size() + " lines");
    Set<String> named = new HashSet<>();
    for (String line : lines) {
      JsonObject epochs = new JsonObject(line).getJsonObject("keys");
      for (String key : epochs.fieldNames()) {
        assertTrue(named.add(key), key + " twice");
        assertEquals(1000 + Long.parseLong(key.substring(1)), epochs.getLong(key));
      }
    }
    assertEquals(1200, named.size());
  }
}
