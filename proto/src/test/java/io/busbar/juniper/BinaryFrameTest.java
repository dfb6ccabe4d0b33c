package io.busbar.juniper;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensor frames against bytes that the reference codec made or refused. */
class BinaryFrameTest {

  record Good(String dtype, List<Long> shape, String hex) {}

  record Bad(String hex, String error) {}

  static Stream<Good> good() throws IOException {
    return vectors("good").stream()
        .map(v -> new Good((String) v.get("dtype"), longs(v.get("shape")), (String) v.get("hex")));
  }

  static Stream<Bad> bad() throws IOException {
    return vectors("bad").stream()
        .map(v -> new Bad((String) v.get("hex"), (String) v.get("error")));
  }

  @SuppressWarnings("unchecked") // the form of the file
  private static List<Map<String, Object>> vectors(String which) throws IOException {
    try (InputStream in =
        BinaryFrameTest.class.getResourceAsStream("/juniper/binary-frames.json")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return (List<Map<String, Object>>) ((Map<String, Object>) JuniperJson.read(text)).get(which);
    }
  }

  @SuppressWarnings("unchecked") // the form of the file
  private static List<Long> longs(Object list) {
    return (List<Long>) list;
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @MethodSource("good")
  void readsWhatTheReferenceWrote(Good vector) {
    BinaryFrame frame = BinaryFrame.decode(bytes(vector.hex()));
    assertEquals(vector.dtype(), frame.type().wireName());
    assertEquals(vector.shape(), frame.shape());
  }

  @ParameterizedTest
  @MethodSource("good")
  void writesTheSameBytes(Good vector) {
    BinaryFrame frame = BinaryFrame.decode(bytes(vector.hex()));
    assertEquals(bytes(vector.hex()), frame.encode());
    ByteBuffer parts = ByteBuffer.allocate((int) frame.size());
    parts.put(frame.header()).put(frame.data()).flip();
    assertEquals(bytes(vector.hex()), parts);
    assertEquals(frame, BinaryFrame.of(frame.type(), frame.shape(), frame.data()));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void refusesWithTheWordsOfTheProtocol(Bad vector) {
    BinaryFrameException refused =
        assertThrows(BinaryFrameException.class, () -> BinaryFrame.decode(bytes(vector.hex())));
    if (vector.error() != null) {
      assertEquals(vector.error(), refused.getMessage());
    }
  }

  @Test
  void refusesAFrameAboveTheLimitBeforeReadingIt() {
    // One page of memory is touched, not the whole of it.
    ByteBuffer large = ByteBuffer.allocateDirect(BinaryFrame.MAX_BYTES + 1);
    BinaryFrameException refused =
        assertThrows(BinaryFrameException.class, () -> BinaryFrame.decode(large));
    assertEquals("Binary frame exceeds maximum size (104857601 > 104857600)", refused.getMessage());
  }

  @Test
  void aProductBeyondSixtyFourBitsDoesNotWrap() {
    byte[] extents = new byte[40];
    Arrays.fill(extents, (byte) 0xff);
    String hex = "0a000000" + HexFormat.of().formatHex(extents) + "07000000" + "666c6f61743332";
    BinaryFrameException refused =
        assertThrows(BinaryFrameException.class, () -> BinaryFrame.decode(bytes(hex)));
    assertTrue(refused.getMessage().startsWith("Data size mismatch: expected 8"));
    assertTrue(refused.getMessage().endsWith(" bytes, got 0"));
  }

  @Test
  void everyShorterPrefixOfAFrameIsRefused() {
    byte[] whole = good7();
    for (int length = 0; length < whole.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
      assertThrows(BinaryFrameException.class, () -> BinaryFrame.decode(cut));
    }
  }

  private static byte[] good7() {
    return HexFormat.of()
        .parseHex(
            "02000000020000000300000007000000666c6f617433320000803f000000400000404000008040"
                + "0000a0400000c040");
  }

  @Test
  void theElementsAreAViewOfTheMessage() {
    byte[] message = good7();
    BinaryFrame frame = BinaryFrame.decode(ByteBuffer.wrap(message));
    message[message.length - 1] = (byte) 0xc0;
    assertEquals(-6, frame.data().getFloat(20));
  }

  @Test
  void decodingLeavesTheMessageWhereItWas() {
    ByteBuffer message = ByteBuffer.wrap(good7());
    BinaryFrame.decode(message);
    assertEquals(0, message.position());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTypeIsKnownByItsNameAndCodes(DType type) {
    assertEquals(ElementType.of(type), ElementType.parse(type.wireName()));
    assertEquals(ElementType.of(type), ElementType.parse(type.code()));
    assertEquals(ElementType.of(type), ElementType.parse("<" + type.code()));
    assertEquals(ElementType.of(type), ElementType.parse("=" + type.code()));
    assertEquals(type, ElementType.parse(">" + type.code()).type());
    assertEquals(
        type.unit() == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN,
        ElementType.parse(">" + type.code()).order());
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, f4 <f4 =f4 f single",
    "FLOAT64, f8 <f8 d double float",
    "FLOAT16, f2 <f2 e half",
    "INT8, i1 b",
    "UINT8, u1 B",
    "INT16, i2 h short",
    "UINT16, u2 H",
    "INT32, i4 i intc",
    "UINT32, u4 I",
    "INT64, i8 q l int",
    "UINT64, u8 Q uint",
    "BOOL, ? b1",
    "COMPLEX64, c8 F",
    "COMPLEX128, c16 D complex"
  })
  void namesThatNumPyTakesTooAreKnown(DType type, String names) {
    for (String name : names.split(" ")) {
      assertEquals(ElementType.of(type), ElementType.parse(name), name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " float32", "float32 ", "bfloat16", "object", "O", "S3", "i4,(", ",,"})
  void namesOfOtherKindsAreRefused(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(12 + text.length).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(1).putInt(0).putInt(text.length).put(text).flip();
    BinaryFrameException refused =
        assertThrows(BinaryFrameException.class, () -> BinaryFrame.decode(frame));
    assertEquals("Invalid dtype string: '" + name + "'", refused.getMessage());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTypeGoesThroughUnchanged(DType type) {
    byte[] raw = new byte[3 * type.bytes()];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) (i % 2);
    }
    BinaryFrame frame = BinaryFrame.of(ElementType.of(type), List.of(3, 1), ByteBuffer.wrap(raw));
    BinaryFrame back = BinaryFrame.decode(frame.encode());
    assertEquals(frame, back);
    byte[] got = new byte[raw.length];
    back.data().get(got);
    assertArrayEquals(raw, got);
  }

  @Test
  void whatIsSentHasTheUsualOrderOfABuffer() {
    // The JDK's WebSocket masks by whole numbers and garbles a little-endian buffer.
    BinaryFrame frame = BinaryFrame.ofFloats(List.of(1), 1f);
    assertEquals(ByteOrder.BIG_ENDIAN, frame.encode().order());
    assertEquals(ByteOrder.BIG_ENDIAN, frame.header().order());
  }

  @Test
  void aScalarIsSentAsOneElement() {
    assertEquals(
        bytes("010000000100000007000000666c6f617433320000003f"),
        BinaryFrame.ofFloats(List.of(), 0.5f).encode());
  }

  @Test
  void aFrameWithoutDimensionsIsOneElement() {
    BinaryFrame frame = BinaryFrame.decode(bytes("0000000007000000666c6f617433320000003f"));
    assertEquals(List.of(), frame.shape());
    assertEquals(1, frame.elements());
    assertEquals(0.5, Elements.at(frame, 0));
  }

  @Test
  void bigEndianElementsAreReadInTheirOrder() {
    BinaryFrame frame = BinaryFrame.decode(bytes("0100000001000000030000003e66343f800000"));
    assertEquals(1.0, Elements.at(frame, 0));
  }

  @Test
  void dataThatDoesNotFitTheShapeIsRefused() {
    assertThrows(BinaryFrameException.class, () -> BinaryFrame.ofFloats(List.of(2), 1f));
    assertThrows(BinaryFrameException.class, () -> BinaryFrame.ofFloats(List.of(-1), 1f));
  }
}
