package io.busbar.ownership.map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.hazelcast.spi.merge.MergingEntry;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.OwnerRequest.ClaimKey;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.busbar.ownership.rules.OwnerRules;
import org.junit.jupiter.api.Test;

/** What stands when two halves merge, in the bytes that Hazelcast keeps. */
class OwnerMergePolicyTest {
  private static final Holder A = new Holder("a", 1);
  private static final Holder B = new Holder("b", 1);

  private record FakeEntry(byte[] value) implements MergingEntry<String, byte[]> {
    @Override
    public String getKey() {
      return "k";
    }

    @Override
    public Object getRawKey() {
      return "k";
    }

    @Override
    public byte[] getDeserializedValue() {
      return value;
    }

    @Override
    public Object getRawValue() {
      return value;
    }

    @Override
    public byte[] getValue() {
      return value;
    }
  }

  private static byte[] owned(Holder holder, long epoch) {
    return OwnerCodec.bytes(
        OwnerRules.decide("k", null, new ClaimKey(new Stamp(1, epoch, 0), holder, null, 0))
            .after());
  }

  private static byte[] merge(byte[] merging, byte[] existing) {
    return (byte[])
        new OwnerMergePolicy()
            .merge(new FakeEntry(merging), existing == null ? null : new FakeEntry(existing));
  }

  @Test
  void theHigherEpochStandsFromEitherSide() {
    byte[] low = owned(A, 10);
    byte[] high = owned(B, 11);
    assertArrayEquals(high, merge(low, high));
    assertArrayEquals(high, merge(high, low));
  }

  @Test
  void aKeyThatOneHalfDoesNotKnowStays() {
    assertArrayEquals(owned(A, 10), merge(owned(A, 10), null));
  }

  @Test
  void anEpochWithTwoHoldersIsUsedUp() {
    OwnerRecord record = OwnerCodec.record("k", merge(owned(A, 10), owned(B, 10)));
    assertFalse(record.isHeld());
    assertEquals(11, record.epoch());
  }
}
