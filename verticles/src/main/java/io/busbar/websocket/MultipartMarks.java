package io.busbar.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What divides a multipart body (RFC 7578), looked for in bytes that may still become more. Each
 * look goes up to {@code end}.
 */
final class MultipartMarks {
  private static final int MAX_HEADERS = 8192;
  private static final int MAX_PADDING = 64;
  private static final Pattern NAME =
      Pattern.compile(";\\s*name=(?:\"([^\"]*)\"|([^;\\s]+))", Pattern.CASE_INSENSITIVE);
  private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};

  private final byte[] delimiter;

  /**
   * A part.
   *
   * @param content where it begins
   */
  record Part(String name, int content) {}

  MultipartMarks(String boundary) {
    delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Bytes of what stands between two parts. */
  int length() {
    return delimiter.length;
  }

  /** Behind the first delimiter, which may have no line break in front of it; -1 = not there. */
  int first(byte[] in, int end) {
    int bare = delimiter.length - 2;
    if (end >= bare && Arrays.equals(in, 0, bare, delimiter, 2, delimiter.length)) {
      return bare;
    }
    int found = find(delimiter, in, 0, end);
    return found < 0 ? -1 : found + delimiter.length;
  }

  /** Where the next delimiter begins; -1 = not there. */
  int next(byte[] in, int from, int end) {
    return find(delimiter, in, from, end);
  }

  /** Whether a delimiter stands there. */
  boolean isAt(byte[] in, int at, int end) {
    return end - at >= delimiter.length
        && Arrays.equals(in, at, at + delimiter.length, delimiter, 0, delimiter.length);
  }

  /** Whether the delimiter in front of that place is the last. */
  static boolean closes(byte[] in, int at, int end) {
    return at + 1 < end && in[at] == '-' && in[at + 1] == '-';
  }

  /**
   * The part behind the delimiter in front of that place; null = its headers have no end yet.
   *
   * @throws io.busbar.failure.FailureException UNPROCESSABLE when no part can begin so
   */
  static Part part(byte[] in, int at, int end) {
    int line = at;
    while (line < end && line - at < MAX_PADDING && (in[line] == ' ' || in[line] == '\t')) {
      line++;
    }
    if (line + 1 >= end) {
      return null;
    }
    if (in[line] != '\r' || in[line + 1] != '\n') {
      throw TaskFault.at("body", "a boundary is not followed by a line break");
    }
    int headers = line + 2;
    int blank = find(BLANK_LINE, in, line, end);
    int size = Math.max(0, (blank < 0 ? end : blank) - headers);
    if (size > MAX_HEADERS) {
      throw TaskFault.at("body", "a part without the end of its headers");
    }
    return blank < 0
        ? null
        : new Part(
            name(new String(in, headers, size, StandardCharsets.UTF_8)), blank + BLANK_LINE.length);
  }

  private static String name(String head) {
    for (String line : head.split("\r\n", -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-disposition:")) {
        Matcher name = NAME.matcher(line);
        if (name.find()) {
          return name.group(1) != null ? name.group(1) : name.group(2);
        }
      }
    }
    throw TaskFault.at("body", "a part without a name");
  }

  /** Looks at the last byte first, and skips as far as that allows. */
  private static int find(byte[] what, byte[] in, int from, int end) {
    int last = what.length - 1;
    int at = Math.max(0, from);
    while (at + last < end) {
      int i = last;
      while (i >= 0 && in[at + i] == what[i]) {
        i--;
      }
      if (i < 0) {
        return at;
      }
      at += skip(what, in[at + last]);
    }
    return -1;
  }

  /** How far the byte that stood last is from the end of the text. */
  private static int skip(byte[] what, byte found) {
    int last = what.length - 1;
    for (int i = last - 1; i >= 0; i--) {
      if (what[i] == found) {
        return last - i;
      }
    }
    return what.length;
  }
}
