package io.busbar.samples;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Counts UTF-8 text that comes in pieces, cut anywhere: within a word, within a character. Bytes
 * that are no UTF-8 count as one replacement character each.
 */
final class TextCounter {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  private byte[] cut = new byte[0];
  private boolean inWord;
  private long lines;
  private long words;
  private long characters;
  private long bytes;

  void add(byte[] piece) {
    bytes += piece.length;
    decode(piece, false);
  }

  /** No more text: what is left of a cut character is counted. */
  void end() {
    decode(new byte[0], true);
  }

  private void decode(byte[] piece, boolean last) {
    ByteBuffer in = ByteBuffer.allocate(cut.length + piece.length).put(cut).put(piece).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, last);
    cut = new byte[in.remaining()];
    in.get(cut);
    out.flip().chars().forEach(this::count);
  }

  private void count(int c) {
    if (Character.isLowSurrogate((char) c)) {
      return;
    }
    characters++;
    if (c == '\n') {
      lines++;
    }
    boolean space = Character.isWhitespace(c);
    if (!space && !inWord) {
      words++;
    }
    inWord = !space;
  }

  long lines() {
    return lines;
  }

  long words() {
    return words;
  }

  long characters() {
    return characters;
  }

  long bytes() {
    return bytes;
  }
}
