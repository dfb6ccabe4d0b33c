package io.busbar.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Header blocks as they leave, against the examples of RFC 7541 and against Netty's decoder. */
class HeaderEncoderTest {
  private static final HeaderField POST = HeaderField.of(":method", "POST");
  private static final HeaderField PATH = HeaderField.of(":path", "/a");
  private static final HeaderField CUSTOM = HeaderField.of("custom-key", "custom-header");
  private static final HeaderField TYPE = HeaderField.of("content-type", "application/grpc");

  private final HeaderEncoder encoder = new HeaderEncoder();

  private String hex(HeaderBlock block) {
    ByteBuf out = Unpooled.buffer();
    encoder.encode(block, out);
    return ByteBufUtil.hexDump(out);
  }

  private static String number(int value, int bits) {
    ByteBuf out = Unpooled.buffer();
    HeaderEncoder.number(out, 0, bits, value);
    return ByteBufUtil.hexDump(out);
  }

  @Test
  void integersAreThoseOfAppendixC1() {
    assertEquals("0a", number(10, 5));
    assertEquals("1f9a0a", number(1337, 5));
    assertEquals("2a", number(42, 8));
  }

  @Test
  void aFieldOfTheStaticTableIsOneByte() {
    assertEquals("83", hex(HeaderBlock.of(POST)));
  }

  @Test
  void aFixedFieldEntersTheTableAsInAppendixC21AndIsOneByteAfterwards() {
    assertEquals(
        "400a637573746f6d2d6b65790d637573746f6d2d686561646572", hex(HeaderBlock.of(CUSTOM)));
    assertEquals("be", hex(HeaderBlock.of(CUSTOM)));
  }

  @Test
  void aFieldThatDiffersIsWrittenOutAsInAppendixC22() {
    String block = "040c2f73616d706c652f70617468";
    assertEquals(block, hex(HeaderBlock.of().with(Map.of(":path", "/sample/path"))));
    assertEquals(block, hex(HeaderBlock.of().with(Map.of(":path", "/sample/path"))));
  }

  @Test
  void laterEntriesMoveEarlierOnesUpTheTable() {
    hex(HeaderBlock.of(PATH));
    hex(HeaderBlock.of(CUSTOM));
    hex(HeaderBlock.of(TYPE));
    assertEquals("c0bfbe", hex(HeaderBlock.of(PATH, CUSTOM, TYPE)));
  }

  @Test
  void aBlockOfKnownFieldsIsRememberedUntilTheTableChanges() {
    HeaderBlock block = HeaderBlock.of(POST, CUSTOM);
    hex(block);
    assertNull(encoder.known(block), "its numbers are not those of the next time");
    assertEquals(hex(block), ByteBufUtil.hexDump(encoder.known(block)));
    hex(HeaderBlock.of(TYPE));
    assertNull(encoder.known(block), "another field entered the table");
    assertEquals("83bf", hex(block));
    assertEquals("83bf", ByteBufUtil.hexDump(encoder.known(block)));
    encoder.tableSize(100);
    assertNull(encoder.known(block), "the peer's table has another size");
  }

  @Test
  void aBlockWithFieldsThatDifferIsNeverRemembered() {
    HeaderBlock block = HeaderBlock.of(POST).with(Map.of("x", "1"));
    hex(block);
    assertNull(encoder.known(block));
  }

  @Test
  void aSmallerTableIsToldAndWhatDoesNotFitIsWrittenOut() {
    hex(HeaderBlock.of(CUSTOM));
    encoder.tableSize(0);
    assertEquals(
        "2020000a637573746f6d2d6b65790d637573746f6d2d686561646572", hex(HeaderBlock.of(CUSTOM)));
  }

  @Test
  void nettysDecoderReadsEveryBlockAlsoWhenTheTableShrinksAndGrows() throws Exception {
    HeaderDecoder decoder = new HeaderDecoder(8192);
    long[] sizes = {4096, 4096, 100, 100, 0, 4096, 4096, 60, 4096, 4096};
    for (int i = 0; i < sizes.length; i++) {
      encoder.tableSize(sizes[i]);
      HeaderBlock block =
          HeaderBlock.of(POST, PATH, TYPE, CUSTOM).with(Map.of("x", "v".repeat(i * 100)));
      ByteBuf out = Unpooled.buffer();
      encoder.encode(block, out);
      Http2Headers headers = decoder.decode(1 + 2 * i, out);
      assertEquals("POST", headers.method().toString());
      assertEquals("/a", headers.path().toString());
      assertEquals("application/grpc", headers.get("content-type").toString());
      assertEquals("custom-header", headers.get("custom-key").toString());
      assertEquals(i * 100, headers.get("x").length());
    }
  }
}
