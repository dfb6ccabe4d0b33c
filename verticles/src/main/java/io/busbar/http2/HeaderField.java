package io.busbar.http2;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A header field that is sent again and again: it enters the peer's table once and is one byte or
 * two from then on. Told apart by identity, so make it once.
 */
public final class HeaderField {
  /** Fields of the static table, RFC 7541 appendix A, as far as they are sent from here. */
  private static final Map<String, Integer> WHOLE =
      Map.of(":method POST", 3, ":scheme http", 6, ":scheme https", 7, ":status 200", 8);

  private static final Map<String, Integer> NAMES =
      Map.of(
          ":authority",
          1,
          ":method",
          2,
          ":path",
          4,
          ":scheme",
          6,
          ":status",
          8,
          "allow",
          22,
          "content-length",
          28,
          "content-type",
          31,
          "user-agent",
          58);

  final byte[] name;
  final byte[] value;

  /** Of name and value in the static table; 0 = not there. */
  final int index;

  private HeaderField(String name, String value) {
    this.name = name.getBytes(StandardCharsets.ISO_8859_1);
    this.value = value.getBytes(StandardCharsets.ISO_8859_1);
    this.index = WHOLE.getOrDefault(name + " " + value, 0);
  }

  /**
   * A field.
   *
   * @param name in lower case
   */
  public static HeaderField of(String name, String value) {
    return new HeaderField(name, value);
  }

  /** Of a name in the static table; 0 = not there. */
  static int nameIndex(String name) {
    return NAMES.getOrDefault(name, 0);
  }

  int nameIndex() {
    return nameIndex(new String(name, StandardCharsets.ISO_8859_1));
  }

  /** What it takes in a table, RFC 7541 section 4.1. */
  int tableBytes() {
    return name.length + value.length + 32;
  }
}
