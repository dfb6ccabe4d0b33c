package io.busbar.fn.wire;

/** Header names as Go's HTTP library writes them, and so Fn's call JSON. */
public final class HeaderNames {
  private HeaderNames() {}

  /**
   * The first letter and each after a dash in upper case, the others in lower case; a name with a
   * character that no header may have is left as it is.
   */
  public static String canonical(String name) {
    boolean upper = true;
    boolean same = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == ':') {
        return name;
      }
      same &= c == cased(c, upper);
      upper = c == '-';
    }
    if (same) {
      return name;
    }
    char[] text = name.toCharArray();
    upper = true;
    for (int i = 0; i < text.length; i++) {
      text[i] = cased(text[i], upper);
      upper = text[i] == '-';
    }
    return new String(text);
  }

  private static char cased(char c, boolean upper) {
    if (upper && c >= 'a' && c <= 'z') {
      return (char) (c - 32);
    }
    return !upper && c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }
}
