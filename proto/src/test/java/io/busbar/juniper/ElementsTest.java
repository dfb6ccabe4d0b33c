package io.busbar.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ElementsTest {

  private static BinaryFrame of(DType type, String hex) {
    byte[] raw = HexFormat.of().parseHex(hex);
    return BinaryFrame.of(
        ElementType.of(type), List.of(raw.length / type.bytes()), ByteBuffer.wrap(raw));
  }

  @Test
  void unsignedElementsAreNotNegative() {
    assertEquals(255, Elements.at(of(DType.UINT8, "ff"), 0));
    assertEquals(65_535, Elements.at(of(DType.UINT16, "ffff"), 0));
    assertEquals(4_294_967_295.0, Elements.at(of(DType.UINT32, "ffffffff"), 0));
    assertEquals(0x1p64, Elements.at(of(DType.UINT64, "ffffffffffffffff"), 0));
  }

  @Test
  void everyHalfNumberSurvivesTheWayThereAndBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      double value = Elements.half((short) bits);
      if (!Double.isNaN(value)) {
        assertEquals((short) bits, Elements.toHalf(value), "bits " + Integer.toHexString(bits));
      }
    }
    assertTrue(Double.isNaN(Elements.half(Elements.toHalf(Double.NaN))));
  }

  @Test
  void halfNumbersAreRoundedToTheNearest() {
    assertEquals(Elements.toHalf(1), Elements.toHalf(1 + 0x1p-11));
    assertEquals(Elements.toHalf(1 + 0x1p-9), Elements.toHalf(1 + 3 * 0x1p-11));
    assertEquals(Elements.toHalf(2), Elements.toHalf(2 - 0x1p-20));
    assertEquals(Elements.toHalf(Double.POSITIVE_INFINITY), Elements.toHalf(1e9));
  }

  @Test
  void onlyFloatsCanBeInfinite() {
    assertTrue(Elements.hasNonFinite(of(DType.FLOAT32, "0000803f0000807f")));
    assertTrue(Elements.hasNonFinite(of(DType.FLOAT16, "003c007c")));
    assertTrue(Elements.hasNonFinite(of(DType.COMPLEX64, "0000803f0000c07f")));
    assertFalse(Elements.hasNonFinite(of(DType.INT32, "0000807f")));
    assertFalse(Elements.hasNonFinite(of(DType.FLOAT32, "0000803f")));
  }

  @Test
  void theLargestIsTakenByItsSize() {
    assertEquals(100, Elements.largest(BinaryFrame.ofFloats(List.of(3), 1, -100, 5)));
    assertEquals(5, Elements.largest(of(DType.COMPLEX64, "0000404000008040")));
    assertEquals(0, Elements.largest(BinaryFrame.ofFloats(List.of(0))));
  }
}
