package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
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
    OwnerGuard guard = guard(hazelcast);
    OwnerCode refused = guard == null ? OwnerCode.NO_MAJORITY : guard.refuses(before == null);
    if (refused != null) {
      long epoch = before == null ? 0 : before.epoch();
      return new Outcome(
          OwnerCodec.bytes(new OwnerAnswer(refused, epoch, before)), false, null);
    }
    Decision decision = OwnerRules.decide(key, before, request);
    byte[] after = OwnerCodec.bytes(decision.after());
    if (decision.after() != before) {
      entry.setValue(after);
      if (before == null) {
        guard.created();
      }
    }
    return new Outcome(
        OwnerCodec.bytes(decision.answer()), decision.answer().isDone(), after);
  }

  /** Null = this member has just joined. */
  private static OwnerGuard guard(HazelcastInstance hazelcast) {
    return hazelcast.getUserContext().get(OwnerGuard.NAME) instanceof OwnerGuard real ? real : null;
  }

  /** Takes over on a copy what was decided. Never lowers an epoch. */
  static void apply(Map.Entry<String, byte[]> entry, byte[] record) {
    OwnerRecord here = OwnerCodec.record(entry.getKey(), entry.getValue());
    OwnerRecord there = OwnerCodec.record(entry.getKey(), record);
    if (here == null || there == null || there.epoch() >= here.epoch()) {
      entry.setValue(record);
    }
  }
}
