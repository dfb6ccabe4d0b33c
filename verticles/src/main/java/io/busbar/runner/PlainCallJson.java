package io.busbar.runner;

import io.busbar.bus.v1.Header;
import io.busbar.routing.CallFacts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a {@code models_call_json} of the plainest form, which is nearly every one: printable ASCII
 * without escapes, whole numbers, members of the expected types. Says nothing of any other: those
 * are left to {@link CallJson}, which also finds the words for what is wrong.
 */
final class PlainCallJson {
  private static final int DEEPEST = 20;
  private static final int MOST_DIGITS = 18;
  private static final int LONGEST_NAME = 64;

  /** Members that are looked at, by the length of their names. */
  private static final Member[][] MEMBERS = new Member[LONGEST_NAME + 1][];

  static {
    for (int i = 0; i < MEMBERS.length; i++) {
      int length = i;
      MEMBERS[i] =
          Arrays.stream(Member.values())
              .filter(m -> m.json.length == length)
              .toArray(Member[]::new);
    }
  }

  private final byte[] bytes;
  private final int end;
  private final int longest;
  private final List<Header> headers = new ArrayList<>(4);
  private int at;
  private boolean plain = true;
  private int from;
  private int length;
  private String id = "";
  private String image = "";
  private String type = "";
  private String method = "";
  private String url = "";
  private String fnId = "";
  private String appId = "";
  private String appName = "";
  private int timeout;

  private PlainCallJson(byte[] bytes, int offset, int length, int longest) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
    this.longest = longest;
  }

  /**
   * The facts; null = it is not of that form, good or not.
   *
   * @param longest string that is read here, in bytes
   */
  static CallFacts read(byte[] json, int offset, int length, int longest) throws BadCallException {
    return new PlainCallJson(json, offset, length, longest).call();
  }

  private CallFacts call() throws BadCallException {
    if (next() != '{') {
      return null;
    }
    boolean more = next() != '}';
    if (more) {
      at--;
    }
    while (more && plain) {
      Member member = member();
      if (member == null) {
        skip(0);
      } else {
        value(member);
      }
      more = more('}');
    }
    return plain && next() < 0
        ? new CallFacts(
            id, image, type, method, url, timeout, fnId, appId, appName, headers, Map.of())
        : null;
  }

  private void value(Member member) throws BadCallException {
    switch (member) {
      case ID -> id = text();
      case IMAGE -> image = text();
      case TYPE -> type = text();
      case METHOD -> method = text();
      case URL -> url = text();
      case FN_ID -> fnId = text();
      case APP_ID -> appId = text();
      case APP_NAME -> appName = text();
      case TIMEOUT -> timeout = (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE);
      case IDLE_TIMEOUT, DELAY -> number(Integer.MIN_VALUE, Integer.MAX_VALUE);
      case TMPFS_SIZE -> number(0, 0xffff_ffffL);
      case MEMORY -> number(0, Long.MAX_VALUE);
      case EXECUTION_DURATION -> number(Long.MIN_VALUE, Long.MAX_VALUE);
      case CPUS -> FieldRules.cpus(text());
      case CREATED_AT, STARTED_AT, COMPLETED_AT -> date(member);
      case STATUS, PAYLOAD, SYSLOG_URL, ERROR, TRIGGER_ID -> string();
      case CONFIG -> config();
      case HEADERS -> headers();
      case ANNOTATIONS -> annotations();
    }
  }

  private void date(Member member) throws BadCallException {
    String date = text();
    if (plain) {
      FieldRules.date(new String(member.json, StandardCharsets.US_ASCII), date);
    }
  }

  private void config() {
    if (next() != '{') {
      plain = false;
      return;
    }
    boolean more = next() != '}';
    if (more) {
      at--;
    }
    while (more && plain) {
      name();
      string();
      more = more('}');
    }
  }

  private void headers() {
    if (next() != '{') {
      plain = false;
      return;
    }
    boolean more = next() != '}';
    if (more) {
      at--;
    }
    while (more && plain) {
      name();
      values(taken());
      more = more('}');
    }
  }

  /** Nobody asks for their values. */
  private void annotations() {
    plain &= next() == '{';
    at--;
    skip(0);
  }

  private void values(String name) {
    if (!plain || next() != '[') {
      plain = false;
      return;
    }
    boolean more = next() != ']';
    if (more) {
      at--;
    }
    while (more && plain) {
      String value = text();
      plain &= headers.size() < CallJson.MOST_HEADER_VALUES;
      if (plain) {
        headers.add(Header.newBuilder().setName(name).setValue(value).build());
      }
      more = more(']');
    }
  }

  // ---- tokens

  /** The next byte that is no white space, or -1 at the end. */
  private int next() {
    while (at < end) {
      byte b = bytes[at++];
      if (b != ' ' && b != '\n' && b != '\t' && b != '\r') {
        return b & 0xff;
      }
    }
    return -1;
  }

  /** Whether a comma follows and not the end. */
  private boolean more(char close) {
    int b = plain ? next() : -1;
    plain &= b == ',' || b == close;
    return b == ',';
  }

  /** The name of a member and its colon. */
  private void name() {
    string();
    plain &= next() == ':';
  }

  /** The name of a member and its colon; null = one that is not looked at. */
  private Member member() {
    string();
    int start = from;
    int size = length;
    plain &= next() == ':';
    if (!plain || size > LONGEST_NAME) {
      return null;
    }
    for (Member member : MEMBERS[size]) {
      if (Arrays.equals(member.json, 0, size, bytes, start, start + size)) {
        return member;
      }
    }
    return null;
  }

  /** A string, which is then what {@link #taken} makes. */
  private void string() {
    if (next() != '"') {
      plain = false;
      return;
    }
    from = at;
    while (at < end && bytes[at] >= ' ' && bytes[at] != '"' && bytes[at] != '\\') {
      at++;
    }
    length = at - from;
    plain &= at < end && bytes[at] == '"' && length <= longest;
    at++;
  }

  private String taken() {
    return plain ? new String(bytes, from, length, StandardCharsets.ISO_8859_1) : "";
  }

  private String text() {
    string();
    return taken();
  }

  private long number(long least, long most) {
    int b = next();
    boolean negative = b == '-';
    if (negative) {
      b = at < end ? bytes[at++] : -1;
    }
    int first = at;
    long value = (long) b - '0';
    plain &= value >= 0 && value <= 9;
    while (plain && at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      plain = value != 0 && at - first < MOST_DIGITS - 1;
      value = value * 10 + bytes[at++] - '0';
    }
    value = negative ? -value : value;
    plain &= value >= least && value <= most && at < end && !continues(bytes[at]);
    return value;
  }

  /** Whether a number goes on in a form that is not read here. */
  private static boolean continues(byte b) {
    return b == '.' || b == 'e' || b == 'E';
  }

  private void skip(int depth) {
    int b = plain && depth < DEEPEST ? next() : -1;
    at--;
    switch (b) {
      case '"' -> string();
      case '{' -> skipMembers('}', true, depth);
      case '[' -> skipMembers(']', false, depth);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' ->
          number(Long.MIN_VALUE, Long.MAX_VALUE);
      default -> plain = false;
    }
  }

  private void skipMembers(char close, boolean named, int depth) {
    at++;
    boolean more = next() != close;
    if (more) {
      at--;
    }
    while (more && plain) {
      if (named) {
        name();
      }
      skip(depth + 1);
      more = more(close);
    }
  }

  /** Members of a call JSON whose values have a type of their own. */
  private enum Member {
    ID,
    IMAGE,
    TYPE,
    METHOD,
    URL,
    FN_ID,
    APP_ID,
    APP_NAME,
    TIMEOUT,
    IDLE_TIMEOUT,
    DELAY,
    TMPFS_SIZE,
    MEMORY,
    EXECUTION_DURATION,
    CPUS,
    CREATED_AT,
    STARTED_AT,
    COMPLETED_AT,
    STATUS,
    PAYLOAD,
    SYSLOG_URL,
    ERROR,
    TRIGGER_ID,
    CONFIG,
    HEADERS,
    ANNOTATIONS;

    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
    final byte[] json = name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
  }
}
