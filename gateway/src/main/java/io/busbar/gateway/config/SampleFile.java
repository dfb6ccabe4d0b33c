package io.busbar.gateway.config;

import java.util.List;

/** Writes the file that shows every key with its default; reading it back changes nothing. */
final class SampleFile {

  private static final String HEAD =
      """
      # Every key of Busbar with its default and one line of why. Printed by
      # `busbar config reference --format yaml`; an empty value means: not set.
      # Later sources win: this file, then the environment (BUSBAR_HTTP_PORT for http.port), then flags.
      """;

  private SampleFile() {}

  static String print(Keys keys) {
    StringBuilder out = new StringBuilder(HEAD);
    List<String> open = List.of();
    for (Key key : keys.list()) {
      List<String> names = List.of(sample(key.path()).split("\\."));
      boolean commented = key.path().contains("channels.NAME");
      int shared = shared(open, names);
      for (int depth = shared; depth < names.size() - 1; depth++) {
        if (depth == 0) {
          out.append('\n');
        }
        boolean placeholder = commented && depth > 0;
        line(out, placeholder, depth, names.get(depth) + ":");
      }
      int depth = names.size() - 1;
      if (depth == 0) {
        out.append('\n');
      }
      String note = key.standard() == null ? " Not set: " + key.note() + "." : "";
      line(out, true, depth, key.meaning() + note);
      String value = key.standard() == null ? "" : " " + key.type().show(key.standard());
      line(out, commented, depth, names.get(depth) + ":" + value);
      open = names;
    }
    return out.toString();
  }

  private static void line(StringBuilder out, boolean comment, int depth, String text) {
    out.append("  ".repeat(depth)).append(comment ? "# " : "").append(text).append('\n');
  }

  /** Pools show the one that always exists; channels have no such one. */
  private static String sample(String path) {
    return path.startsWith("pools.NAME.") ? path.replace("NAME", "default") : path;
  }

  private static int shared(List<String> a, List<String> b) {
    int count = 0;
    while (count < Math.min(a.size(), b.size()) - 1 && a.get(count).equals(b.get(count))) {
      count++;
    }
    return count;
  }
}
