package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Arrays;

/**
 * Reads header blocks of one connection. A block that only refers to the table means the same as
 * long as nothing else came between, so the last few of them are remembered: of a client that makes
 * one kind of call only the first is really decoded.
 */
final class HeaderDecoder {
  private static final int REMEMBERED = 4;
  private static final int LONGEST = 64;
  private static final int LONG_NUMBER = 0xff;

  private final DefaultHttp2HeadersDecoder netty;
  private final byte[][] blocks = new byte[REMEMBERED][];
  private final Http2Headers[] meanings = new Http2Headers[REMEMBERED];
  private int next;

  /**
   * @param most bytes of all fields of a block, as RFC 9113 section 10.5.1 counts them
   */
  HeaderDecoder(int most) {
    netty = new DefaultHttp2HeadersDecoder(true, true, most);
  }

  /**
   * Decodes a block. The headers are shared and must not be changed.
   *
   * @throws Http2Exception of the stream when only its headers break a rule, else of the connection
   */
  Http2Headers decode(int stream, ByteBuf block) throws Http2Exception {
    if (!onlyRefers(block)) {
      forget();
      return netty.decodeHeaders(stream, block);
    }
    for (int i = 0; i < REMEMBERED; i++) {
      if (blocks[i] != null && same(blocks[i], block)) {
        return meanings[i];
      }
    }
    byte[] bytes = new byte[block.readableBytes()];
    block.getBytes(block.readerIndex(), bytes);
    Http2Headers headers = netty.decodeHeaders(stream, block);
    blocks[next] = bytes;
    meanings[next] = headers;
    next = (next + 1) % REMEMBERED;
    return headers;
  }

  /** Whether each byte is an index of its own. */
  private static boolean onlyRefers(ByteBuf block) {
    int size = block.readableBytes();
    if (size > LONGEST) {
      return false;
    }
    int at = block.readerIndex();
    for (int i = 0; i < size; i++) {
      byte b = block.getByte(at + i);
      if (b >= 0 || (b & LONG_NUMBER) == LONG_NUMBER) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(byte[] known, ByteBuf block) {
    if (known.length != block.readableBytes()) {
      return false;
    }
    int at = block.readerIndex();
    for (int i = 0; i < known.length; i++) {
      if (known[i] != block.getByte(at + i)) {
        return false;
      }
    }
    return true;
  }

  private void forget() {
    Arrays.fill(blocks, null);
    Arrays.fill(meanings, null);
  }
}
