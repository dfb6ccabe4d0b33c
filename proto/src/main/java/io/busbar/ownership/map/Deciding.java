package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import io.busbar.bus.v1.OwnerEntry;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.Decision;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRules;
import java.util.Map;

/** The decision of a request in an entry, on the member that holds it. */
final class Deciding {
  private Deciding() {}

  /**
   * @param answer for the requester
   * @param agreed whether the copies must get the record
   * @param record what the entry is now, null = nothing
   */
  record Outcome(byte[] answer, boolean agreed, byte[] record) {}

  static Outcome decide(
      Map.Entry<String, byte[]> entry, OwnerRequest request, HazelcastInstance hazelcast) {
    String key = entry.getKey();
    OwnerRecord before = OwnerCodec.record(key, entry.getValue());
    OwnerGuard guard = OwnerGuard.of(hazelcast);
    OwnerCode refused = guard == null ? OwnerCode.NO_MAJORITY : guard.refuses(before == null);
    if (refused != null) {
      long epoch = before == null ? 0 : before.epoch();
      return new Outcome(OwnerCodec.bytes(new OwnerAnswer(refused, epoch, before)), false, null);
    }
    Decision decision = OwnerRules.decide(key, before, request);
    OwnerEntry wire = decision.after() == null ? null : OwnerCodec.wire(decision.after());
    byte[] after = wire == null ? null : wire.toByteArray();
    if (decision.after() != before) {
      entry.setValue(after);
      guard.keep(key, after);
      if (before == null) {
        guard.created();
      }
      guard.changed(key, before, decision.after());
    }
    byte[] answer = OwnerCodec.bytes(decision.answer(), decision.after(), wire);
    return new Outcome(answer, decision.answer().isDone(), after);
  }

  /** Takes over on a copy what was decided. Never lowers an epoch. */
  static void apply(Map.Entry<String, byte[]> entry, byte[] record, HazelcastInstance hazelcast) {
    byte[] here = entry.getValue();
    if (here == null || record == null || OwnerCodec.epoch(record) >= OwnerCodec.epoch(here)) {
      entry.setValue(record);
      OwnerGuard guard = OwnerGuard.of(hazelcast);
      if (guard != null) {
        guard.keep(entry.getKey(), record);
      }
    }
  }

  /** Takes back what a disk has, if the entry is not newer; whether the copies must get it. */
  static boolean restore(
      Map.Entry<String, byte[]> entry, byte[] record, long floor, OwnerGuard guard) {
    String key = entry.getKey();
    OwnerRecord here = OwnerCodec.record(key, entry.getValue());
    OwnerRecord there = OwnerCodec.record(key, record);
    // Without a record here one at or below the floor is of a key that was forgotten on purpose.
    boolean over = here == null ? there.epoch() <= floor : there.epoch() <= here.epoch();
    if (over) {
      return false;
    }
    entry.setValue(record);
    guard.keep(key, record);
    if (here == null) {
      guard.created();
    }
    guard.changed(key, here, there);
    return true;
  }
}
