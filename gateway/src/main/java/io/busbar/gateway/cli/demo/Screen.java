package io.busbar.gateway.cli.demo;

/** Shows a text that changes: redrawn in place on a terminal, printed when it changed elsewhere. */
final class Screen {
  private static final String HOME_AND_CLEAR = "\u001b[H\u001b[J";
  private static final long LINES_EVERY_NANOS = 10_000_000_000L;

  private final boolean terminal = System.console() != null;
  private final String banner;
  private long lastPrinted;

  Screen(String banner) {
    this.banner = banner;
    if (!terminal) {
      System.out.print(banner);
    }
  }

  void show(String text) {
    if (terminal) {
      System.out.print(HOME_AND_CLEAR + banner + "\n" + text);
      System.out.flush();
      return;
    }
    long now = System.nanoTime();
    if (lastPrinted == 0 || now - lastPrinted > LINES_EVERY_NANOS) {
      lastPrinted = now;
      System.out.println(text);
    }
  }
}
