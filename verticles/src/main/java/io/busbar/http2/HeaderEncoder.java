package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes header blocks of one connection (RFC 7541). Fixed fields are put into the peer's table the
 * first time and referred to from then on; nothing is ever evicted, so that their numbers stay
 * simple. Other fields are written out, without Huffman coding and without entering the table. A
 * block of fixed fields only is the same bytes each time once they are all known, so the last few
 * such blocks are remembered.
 */
final class HeaderEncoder {
  private static final int MOST_ENTRIES = 16;
  private static final int STATIC_ENTRIES = 61;
  private static final int INDEXED = 0x80;
  private static final int INCREMENTAL = 0x40;
  private static final int SIZE_UPDATE = 0x20;
  private static final int REMEMBERED = 4;

  private final HeaderField[] known = new HeaderField[MOST_ENTRIES];
  private int entries;
  private int used;
  private int capacity = Frames.TABLE;
  private boolean cleared;
  private boolean resized;
  private final HeaderBlock[] blocks = new HeaderBlock[REMEMBERED];
  private final byte[][] encoded = new byte[REMEMBERED][];
  private int nextBlock;

  /** The peer's table has another size; told in the next block. */
  void tableSize(long peers) {
    int next = (int) Math.min(Frames.TABLE, peers);
    if (next == capacity) {
      return;
    }
    if (used > next) {
      entries = 0;
      used = 0;
      cleared = true;
    }
    capacity = next;
    resized = true;
    forget();
  }

  /** The bytes of a block that was encoded before and means the same now; null = encode it. */
  @SuppressWarnings("ReferenceEquality") // to compare all fields would cost what this saves
  byte[] known(HeaderBlock block) {
    for (int i = 0; i < REMEMBERED; i++) {
      if (blocks[i] == block) {
        return encoded[i];
      }
    }
    return null;
  }

  private void forget() {
    Arrays.fill(blocks, null);
    Arrays.fill(encoded, null);
  }

  void encode(HeaderBlock block, ByteBuf out) {
    if (resized) {
      if (cleared) {
        out.writeByte(SIZE_UPDATE);
      }
      number(out, SIZE_UPDATE, 5, capacity);
      resized = false;
      cleared = false;
    }
    int from = out.writerIndex();
    boolean allKnown = true;
    for (int i = 0; i < block.fixed().size(); i++) {
      allKnown &= fixed(block.fixed().get(i), out);
    }
    if (!block.more().isEmpty()) {
      block.more().forEach((name, value) -> other(name, value, out));
    } else if (allKnown) {
      byte[] bytes = new byte[out.writerIndex() - from];
      out.getBytes(from, bytes);
      blocks[nextBlock] = block;
      encoded[nextBlock] = bytes;
      nextBlock = (nextBlock + 1) % REMEMBERED;
    }
  }

  /** Whether the peer knew it. */
  private boolean fixed(HeaderField field, ByteBuf out) {
    if (field.index > 0) {
      out.writeByte(INDEXED | field.index);
      return true;
    }
    for (int i = 0; i < entries; i++) {
      if (known[i] == field) {
        number(out, INDEXED, 7, STATIC_ENTRIES + entries - i);
        return true;
      }
    }
    boolean room = entries < MOST_ENTRIES && used + field.tableBytes() <= capacity;
    int name = field.nameIndex();
    number(out, room ? INCREMENTAL : 0, room ? 6 : 4, name);
    if (name == 0) {
      string(field.name, out);
    }
    string(field.value, out);
    if (room) {
      known[entries++] = field;
      used += field.tableBytes();
      // The numbers of all others have changed.
      forget();
    }
    return false;
  }

  private static void other(String name, String value, ByteBuf out) {
    int index = HeaderField.nameIndex(name);
    number(out, 0, 4, index);
    if (index == 0) {
      string(name.getBytes(StandardCharsets.ISO_8859_1), out);
    }
    string(value.getBytes(StandardCharsets.ISO_8859_1), out);
  }

  private static void string(byte[] bytes, ByteBuf out) {
    number(out, 0, 7, bytes.length);
    out.writeBytes(bytes);
  }

  /** An integer behind some bits of its first byte, RFC 7541 section 5.1. */
  static void number(ByteBuf out, int first, int bits, int value) {
    int most = (1 << bits) - 1;
    if (value < most) {
      out.writeByte(first | value);
      return;
    }
    out.writeByte(first | most);
    int rest = value - most;
    while (rest >= 0x80) {
      out.writeByte(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }
}
